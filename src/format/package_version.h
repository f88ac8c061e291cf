/* SPDX-License-Identifier: Apache-2.0 */
/*
 * package_version: which of two versions is newer, as the package manager itself decides.
 * Pure. Answers < 0, 0, > 0; texts that are no versions have some order too, so that a list can always be sorted.
 * Source: deb-version(7); rpm-version(7), rpmio/rpmvercmp.c; apk-tools 3, doc/apk-package.5.scd and src/version.c.
 */
#ifndef BW_FORMAT_PACKAGE_VERSION_H
#define BW_FORMAT_PACKAGE_VERSION_H

#include "base/base.h"

/* [epoch:]upstream[-revision] */
int bw_version_dpkg(struct bw_str a, struct bw_str b) BW_PURE;
/* [epoch:]version[-release]; a release is compared only where both have one. */
int bw_version_rpm(struct bw_str a, struct bw_str b) BW_PURE;
/* One part of it: a version or a release. It also suits releases of kernels ("6.1.0-9-amd64" before "6.1.0-10-amd64"). */
int bw_version_rpm_part(struct bw_str a, struct bw_str b) BW_PURE;
/* digits{.digits}[letter]{_suffix[digits]}[~hash][-rN]; equal where apk cannot tell. */
int bw_version_apk(struct bw_str a, struct bw_str b) BW_PURE;

#endif
