/* SPDX-License-Identifier: Apache-2.0 */
/* Dispatch: which overload of a call fits the values at hand. Source: cel-go common/decls, common/types/types.go. */
#include "cel/lib/regex.h"
#include "cel/program_internal.h"

/* The value type of each kind; ABSENT: see bw_cel_type_fits. */
static const uint8_t plain_kinds[] = {
        [BW_CEL_NULL] = BW_NULL,   [BW_CEL_BOOL] = BW_BOOL,           [BW_CEL_INT] = BW_INT,
        [BW_CEL_UINT] = BW_UINT,   [BW_CEL_DOUBLE] = BW_DOUBLE,       [BW_CEL_STRING] = BW_STRING,
        [BW_CEL_BYTES] = BW_BYTES, [BW_CEL_TIMESTAMP] = BW_TIMESTAMP, [BW_CEL_DURATION] = BW_DURATION,
        [BW_CEL_TYPE] = BW_TYPE,   [BW_CEL_OBJECT] = BW_MAP,          [BW_CEL_ERROR] = BW_ABSENT,
};

static bool opaque_fits(const struct bw_cel_type *type, struct bw_value v)
{
        if (v.type == BW_OPTIONAL)
                return bw_str_is(type->name, "optional_type") &&
                       (type->n_params == 0 || !v.opt || bw_cel_type_fits(type->params[0], *v.opt));
        return v.type == BW_OPAQUE && bw_str_is(type->name, v.opaque->cls->name);
}

/* Of lists and maps the first item decides, as in the reference: sum() of a list of ints is not that of doubles. */
bool bw_cel_type_fits(const struct bw_cel_type *type, struct bw_value v)
{
        switch (type->kind) {
        case BW_CEL_DYN:
        case BW_CEL_PARAM:
        case BW_CEL_VAR:
                return true;
        case BW_CEL_LIST:
                return v.type == BW_LIST && (v.n == 0 || bw_cel_type_fits(type->params[0], v.list->items[0]));
        case BW_CEL_MAP:
                return v.type == BW_MAP && (v.n == 0 || (bw_cel_type_fits(type->params[0], v.map->entries[0].key) &&
                                                         bw_cel_type_fits(type->params[1], v.map->entries[0].value)));
        case BW_CEL_OPAQUE:
                return opaque_fits(type, v);
        default:
                return v.type == plain_kinds[type->kind] && v.type != BW_ABSENT;
        }
}

const struct bw_cel_candidate *bw_cel_site_find(const struct bw_cel_site *site, const struct bw_value *args)
{
        for (uint32_t i = 0; i < site->n_candidates; i++) {
                const struct bw_cel_signature *signature = site->candidates[i].signature;
                uint32_t k = 0;

                while (k < site->n_args && bw_cel_type_fits(signature->args[k], args[k]))
                        k++;
                if (k == site->n_args)
                        return &site->candidates[i];
        }
        return NULL;
}

static BW_COLD struct bw_value no_overload(const struct bw_cel_site *site, const struct bw_cel_call *call,
                                           const struct bw_value *args)
{
        char types[200] = "";
        size_t at = 0;

        for (uint32_t i = 0; i < site->n_args && at + 1 < sizeof(types); i++) {
                struct bw_str name = bw_cel_runtime_type_name(args[i]);
                int n = snprintf(types + at, sizeof(types) - at, "%s%.*s", i ? ", " : "", BW_STR_ARG(name));

                at += n > 0 ? (size_t)n : 0;
        }
        return bw_cel_error(call, "no such overload: %.*s(%s)", BW_STR_ARG(site->function), types);
}

struct bw_value bw_cel_site_call(const struct bw_cel_site *site, const struct bw_cel_call *call,
                                 const struct bw_value *args)
{
        const struct bw_cel_candidate *found = bw_cel_site_find(site, args);

        if (BW_UNLIKELY(!found))
                return no_overload(site, call, args);
        if (site->regex)
                return site->regex_call(call, site->regex, args, site->n_args);
        return found->overload->impl(call, args, site->n_args);
}

uint64_t bw_cel_site_cost(const struct bw_cel_site *site, const struct bw_value *args, struct bw_value result)
{
        const struct bw_cel_candidate *found;
        bw_cel_cost_fn cost = site->cost;

        if (!site->is_settled && !site->is_standard) {
                /* Also a call that fails has its price: that of the first overload of its name. */
                found = bw_cel_site_find(site, args);
                if (!found && site->n_candidates)
                        found = &site->candidates[0];
                if (found)
                        cost = found->overload->cost_unsettled ? found->overload->cost_unsettled
                                                               : found->overload->cost;
        }
        return cost ? cost(args, site->n_args, result) : 1;
}
