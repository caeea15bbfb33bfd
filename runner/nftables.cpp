#include "runner/nftables.h"

#include "core/shared_library.h"
#include "runner/fd.h"
#include "runner/system_error.h"

#include <charconv>
#include <fmt/format.h>
#include <memory>
#include <nftables/libnftables.h>
#include <optional>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace netrig {

namespace {

/// The functions of the library that are used here.
struct Library {
    decltype(&nft_ctx_new) make = nullptr;
    decltype(&nft_ctx_free) free = nullptr;
    decltype(&nft_ctx_buffer_error) keep_errors = nullptr;
    decltype(&nft_ctx_get_error_buffer) errors = nullptr;
    decltype(&nft_ctx_buffer_output) keep_output = nullptr;
    decltype(&nft_ctx_get_output_buffer) output = nullptr;
    decltype(&nft_ctx_output_set_flags) set_flags = nullptr;
    decltype(&nft_ctx_add_include_path) add_include_path = nullptr;
    decltype(&nft_run_cmd_from_buffer) run = nullptr;
    decltype(&nft_run_cmd_from_filename) run_file = nullptr;
    std::string missing; ///< why it can't be used; empty when it can
};

Library load() {
    Library library;
    SharedLibrary nftables{"libnftables.so.1"};
    nftables.find("nft_ctx_new", library.make);
    nftables.find("nft_ctx_free", library.free);
    nftables.find("nft_ctx_buffer_error", library.keep_errors);
    nftables.find("nft_ctx_get_error_buffer", library.errors);
    nftables.find("nft_ctx_buffer_output", library.keep_output);
    nftables.find("nft_ctx_get_output_buffer", library.output);
    nftables.find("nft_ctx_output_set_flags", library.set_flags);
    nftables.find("nft_ctx_add_include_path", library.add_include_path);
    nftables.find("nft_run_cmd_from_buffer", library.run);
    nftables.find("nft_run_cmd_from_filename", library.run_file);
    library.missing = nftables.missing();
    return library;
}

const Library& library() {
    static const Library loaded = load();
    return loaded;
}

using Context = std::unique_ptr<nft_ctx, decltype(&nft_ctx_free)>;

Result<Context> make_context() {
    if (!library().missing.empty())
        return failure({"load libnftables", 0, library().missing, "apt install libnftables1"});
    Context context(library().make(NFT_CTX_DEFAULT), library().free);
    if (!context || library().keep_errors(context.get()) != 0 || library().keep_output(context.get()) != 0)
        return failure({"make a context of libnftables", ENOMEM, {}, {}});
    return context;
}

/// "/proc/self/fd/7:3:5-9: Error: syntax error": line and column, and the words behind "Error: ".
struct Complaint {
    std::uint32_t line = 0, column = 0;
    std::string words;
};

std::optional<Complaint> read_complaint(std::string_view text) {
    constexpr std::string_view error = ": Error: ";
    std::size_t at = text.find(error);
    if (at == std::string_view::npos)
        return std::nullopt;
    Complaint complaint;
    complaint.words = std::string(text.substr(at + error.size()));
    std::size_t name = text.find(':');
    const char* end = text.data() + at;
    auto [line_end, bad_line] = std::from_chars(text.data() + name + 1, end, complaint.line);
    if (bad_line == std::errc() && line_end != end)
        std::from_chars(line_end + 1, end, complaint.column);
    return complaint;
}

/// One line of what nft complains of, each with its place.
std::string complaints(std::string_view errors, const PlaceOfLine& place) {
    std::string text;
    while (!errors.empty()) {
        std::size_t end = std::min(errors.find('\n'), errors.size());
        if (auto complaint = read_complaint(errors.substr(0, end)))
            text += fmt::format("{}{}: {}", text.empty() ? "" : "; ",
                                place(complaint->line, complaint->column), complaint->words);
        errors.remove_prefix(std::min(end + 1, errors.size()));
    }
    return text;
}

} // namespace

Status run_nft(const std::string& commands, const std::string& folder, const PlaceOfLine& place) {
    auto context = make_context();
    if (!context)
        return failure(context.error());
    if (!folder.empty())
        library().add_include_path(context->get(), folder.c_str());
    // As a file, for only then nft says where a mistake is.
    Fd file(memfd_create("ruleset", MFD_CLOEXEC));
    if (!file.valid() ||
        write(file.get(), commands.data(), commands.size()) != static_cast<ssize_t>(commands.size()))
        return system_failure("hand the ruleset to nft");
    if (library().run_file(context->get(), fmt::format("/proc/self/fd/{}", file.get()).c_str()) == 0)
        return {};
    std::string errors = library().errors(context->get());
    std::string words = complaints(errors, place);
    return failure({"load the ruleset", 0, words.empty() ? errors : words, {}});
}

Result<std::string> ask_nft(const std::string& commands, NftOutput output) {
    auto context = make_context();
    if (!context)
        return failure(context.error());
    if (output == NftOutput::json)
        library().set_flags(context->get(), NFT_CTX_OUTPUT_JSON);
    if (library().run(context->get(), commands.c_str()) != 0)
        return failure({"ask nft", 0, library().errors(context->get()), {}});
    return std::string(library().output(context->get()));
}

Result<NftSession> NftSession::open() {
    auto context = make_context();
    if (!context)
        return failure(context.error());
    return NftSession(std::move(*context));
}

Result<std::string> NftSession::run(const std::string& commands) {
    if (library().run(context_.get(), commands.c_str()) == 0)
        return std::string(library().output(context_.get()));
    // The kernel's words; below them nft shows the whole command.
    std::string_view words = library().errors(context_.get());
    constexpr std::string_view before = "Error: ";
    words = words.substr(0, words.find('\n'));
    return failure(
        {"ask nft", 0, std::string(words.starts_with(before) ? words.substr(before.size()) : words), {}});
}

} // namespace netrig
