#include "runner/nft_counters.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace netrig {

namespace {

using Json = nlohmann::json;

void add_values(const Json& counter, FoundNftCounter& found) {
    found.packets += counter.value("packets", std::uint64_t{0});
    found.bytes += counter.value("bytes", std::uint64_t{0});
}

FoundNftCounter counter_of(const Json& object, const char* name) {
    return {object.at("family").get<std::string>(), object.at("table").get<std::string>(),
            object.at(name).get<std::string>()};
}

void add_rule(const Json& rule, std::vector<FoundNftCounter>& rules) {
    if (!rule.contains("comment"))
        return;
    FoundNftCounter of_rule = counter_of(rule, "comment");
    auto found = std::find_if(rules.begin(), rules.end(), [&](const FoundNftCounter& each) {
        return each.family == of_rule.family && each.table == of_rule.table && each.name == of_rule.name;
    });
    if (found == rules.end()) {
        of_rule.counts = false;
        found = rules.insert(rules.end(), std::move(of_rule));
    }
    for (const Json& expression : rule.value("expr", Json::array()))
        if (expression.is_object() && expression.contains("counter") && expression["counter"].is_object()) {
            found->counts = true;
            add_values(expression["counter"], *found);
        }
}

} // namespace

Result<std::vector<FoundNftCounter>> read_nft_counters(const std::string& json) {
    std::vector<FoundNftCounter> counters, rules;
    try {
        const Json listed = Json::parse(json);
        for (const Json& object : listed.at("nftables")) {
            if (object.contains("counter"))
                add_values(object["counter"], counters.emplace_back(counter_of(object["counter"], "name")));
            if (object.contains("rule"))
                add_rule(object["rule"], rules);
        }
    } catch (const Json::exception& error) {
        return failure({"read what nft lists", 0, error.what(), {}});
    }
    counters.insert(counters.end(), rules.begin(), rules.end());
    return counters;
}

} // namespace netrig
