#include "core/features.h"
#include "core/visible_text.h"
#include "reports/words.h"
#include "runner/doctor.h"

#include <nlohmann/json.hpp>

namespace netrig {

std::string doctor_json(const DoctorReport& report) {
    using Json = nlohmann::ordered_json;
    Json features = Json::array();
    for (const FeatureAnswer& answer : report.features) {
        const Feature* known = find_feature(answer.feature);
        features.push_back({{"name", answer.feature},
                            {"group", word(known == nullptr ? FeatureGroup::programs : known->group)},
                            {"meaning", known == nullptr ? "a program" : known->meaning},
                            {"answer", word(answer.answer)},
                            {"reason", valid_utf8(answer.words)},
                            {"remedy", valid_utf8(answer.remedy)}});
    }
    Json object{
        {"v", 1},
        {"netrig", report.version},
        {"kernel", valid_utf8(report.kernel)},
        {"user", report.user},
        {"labs", report.labs},
        {"limits", {{"open-files", report.descriptors.hard}, {"nodes-of-a-lab", report.descriptors.nodes}}},
        {"features", features}};
    return object.dump(2) + "\n";
}

} // namespace netrig
