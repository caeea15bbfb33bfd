// Rulesets in the language of nft(8), by libnftables and without a program. The library is loaded at the
// first use: most scenarios have no ruleset, and loading it takes as long as building two nodes.
#pragma once

#include "core/result.h"

#include <functional>
#include <memory>
#include <string>

struct nft_ctx;

namespace netrig {

/// Where a line of the commands was written: "fw.nft:3:5". Lines and columns count from 1.
using PlaceOfLine = std::function<std::string(std::uint32_t line, std::uint32_t column)>;

/// Runs commands in the calling thread's network namespace, all or none of them. `include` is relative to
/// `folder`. An Error has nft's words, each behind the place that they speak of.
Status run_nft(const std::string& commands, const std::string& folder, const PlaceOfLine& place);

/// What nft prints for the commands, in its JSON form (libnftables-json(5)) if asked.
enum class NftOutput { text, json };
Result<std::string> ask_nft(const std::string& commands, NftOutput output = NftOutput::json);

/// One that lasts, in the network namespace in which it was opened: a table with the flag `owner` (nft(8)) is
/// there as long as the session that made it.
class NftSession {
public:
    static Result<NftSession> open();

    /// What nft prints for the commands; all of them are done or none. Call in that namespace.
    Result<std::string> run(const std::string& commands);

private:
    using Context = std::unique_ptr<nft_ctx, void (*)(nft_ctx*)>;
    explicit NftSession(Context context) : context_(std::move(context)) {}

    Context context_;
};

} // namespace netrig
