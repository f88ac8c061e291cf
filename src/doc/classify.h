/* SPDX-License-Identifier: Apache-2.0 */
/*
 * classify: what a document or text is that is no Kubernetes object, so that a scan can count it instead of
 * complaining.
 * Ownership: borrows. Threads: pure.
 */
#ifndef BW_DOC_CLASSIFY_H
#define BW_DOC_CLASSIFY_H

#include "doc/doc.h"

enum bw_doc_class {
        BW_CLASS_OBJECT,        /* has apiVersion and kind */
        BW_CLASS_EMPTY,         /* nothing, or comments */
        BW_CLASS_HELM_CHART,    /* Chart.yaml */
        BW_CLASS_KUSTOMIZATION, /* without its kind */
        BW_CLASS_COMPOSE,       /* Docker Compose */
        BW_CLASS_WORKFLOW,      /* of a CI system */
        BW_CLASS_OPENAPI,
        BW_CLASS_MAP,   /* any other map: settings, values */
        BW_CLASS_OTHER, /* a list or a scalar */
        _BW_CLASS_MAX,
};

enum bw_doc_class bw_doc_classify(const struct bw_doc *doc);
const char *bw_class_name(enum bw_doc_class cls);

/*
 * True for a text with actions of a template language ({{ … }}): asked of a text that cannot be read, it says why.
 * One pass.
 */
bool bw_text_is_template(struct bw_str text);

#endif
