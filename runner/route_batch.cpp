#include "runner/route_batch.h"

#include "runner/route_messages.h"

#include <algorithm>

namespace netrig {

namespace {

constexpr std::size_t most = 64; // routes, more of which save nothing

/// One without a device that must be looked for by its name.
const AddRoute* simple_route(const PlannedOp& planned) {
    const auto* add = std::get_if<AddRoute>(&planned.op);
    bool known = add != nullptr &&
                 std::none_of(add->route.nexthops.begin(), add->route.nexthops.end(), is_to_be_found);
    return known ? add : nullptr;
}

} // namespace

std::size_t count_batch(std::span<const PlannedOp> plan) {
    const AddRoute* first = plan.empty() ? nullptr : simple_route(plan.front());
    std::size_t count = 0;
    while (first != nullptr && count < std::min(plan.size(), most)) {
        const AddRoute* next = simple_route(plan[count]);
        if (next == nullptr || next->node != first->node)
            break;
        ++count;
    }
    return count;
}

Status add_batch(std::span<const PlannedOp> routes, ApplyContext& context) {
    if (context.stop.made())
        return failure(told_to_end());
    NetlinkBatch batch;
    for (const PlannedOp& planned : routes)
        batch.add(add_route_message(std::get<AddRoute>(planned.op).route));
    NodeIndex node = std::get<AddRoute>(routes.front().op).node;
    auto refused = context.nodes[node].netlink.request_all(batch);
    if (!refused)
        return {};
    refused->error.doing = describe(routes[refused->position].op, context.topology);
    return failure(std::move(refused->error));
}

} // namespace netrig
