/* SPDX-License-Identifier: Apache-2.0 */
/*
 * banned: functions that are unsafe, depend on hidden state, or belong to another layer.
 * Using one is a compile error. base/alloc.c and the os layer say BW_ALLOW_BANNED before they include anything.
 */
#ifndef BW_BASE_BANNED_H
#define BW_BASE_BANNED_H

#ifndef BW_ALLOW_BANNED
/* Fortified C libraries make some of them macros, and a macro cannot be poisoned. */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strdup
#undef strndup
#pragma GCC poison malloc calloc realloc free strdup strndup
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok strtok_r gets
#pragma GCC poison atoi atol atoll atof gmtime localtime asctime ctime mktime
#pragma GCC poison system popen tmpnam tempnam mktemp
#pragma GCC poison fopen freopen perror exit abort
#endif

#endif
