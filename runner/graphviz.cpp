#include "runner/graphviz.h"

#include "core/shared_library.h"

#include <graphviz/gvc.h>
#include <memory>
#ifdef __SANITIZE_ADDRESS__
/// What fontconfig, glib and others below Graphviz once read they keep to the end, some of it by threads of
/// their own.
extern "C" const char* __lsan_default_suppressions() { // NOLINT: the sanitizer's name for it
    return "leak:libfontconfig\nleak:libglib\nleak:libpango\nleak:libgvc\nleak:libgvplugin\nleak:libcgraph\n";
}
extern "C" const char* __lsan_default_options() { // NOLINT
    return "print_suppressions=0";
}
#endif

namespace netrig {

namespace {

/// The functions of the libraries that are used here.
struct Library {
    decltype(&gvContext) make_context = nullptr;
    decltype(&gvLayout) lay_out = nullptr;
    decltype(&gvFreeLayout) free_layout = nullptr;
    decltype(&gvRenderData) render = nullptr;
    decltype(&gvFreeRenderData) free_data = nullptr;
    decltype(&agmemread) read = nullptr;
    decltype(&agclose) close = nullptr;
    decltype(&agseterr) set_error_level = nullptr;
    decltype(&aglasterr) last_error = nullptr;
    std::string missing; ///< why it can't be used; empty when it can
};

Library load() {
    Library library;
    SharedLibrary layout{"libgvc.so.6"}, graphs{"libcgraph.so.6"};
    layout.find("gvContext", library.make_context);
    layout.find("gvLayout", library.lay_out);
    layout.find("gvFreeLayout", library.free_layout);
    layout.find("gvRenderData", library.render);
    layout.find("gvFreeRenderData", library.free_data);
    graphs.find("agmemread", library.read);
    graphs.find("agclose", library.close);
    graphs.find("agseterr", library.set_error_level);
    graphs.find("aglasterr", library.last_error);
    library.missing = layout.missing().empty() ? graphs.missing() : layout.missing();
    return library;
}

/// What the library says of the last thing that went wrong, in one line.
std::string words_of(const char* error) {
    std::string words = error == nullptr ? "" : error;
    words.erase(words.find_last_not_of("\n ") + 1);
    return words;
}

/// The last parameter of gvRenderData is another one in later versions.
template <class Length>
int render(int (*function)(GVC_t*, graph_t*, const char*, char**, Length*), GVC_t* context, graph_t* graph,
           char*& data, std::size_t& size) {
    Length length = 0;
    int failed = function(context, graph, "svg", &data, &length);
    size = length;
    return failed;
}

} // namespace

Result<std::string> svg_of(const std::string& dot) {
    static const Library library = load();
    if (!library.missing.empty())
        return failure(
            {"load Graphviz's library, which SVG needs (apt install libgvc6)", 0, library.missing, {}});
    library.set_error_level(AGMAX); // nothing is printed; the last error is kept
    auto fails = [&](const char* doing) { return failure({doing, 0, words_of(library.last_error()), {}}); };
    // One for all drawings and never freed: the library's Pango plugin goes on reading the name of the last
    // font of a context that is gone (seen in Graphviz 2.42).
    static GVC_t* const context = library.make_context();
    if (context == nullptr)
        return fails("start Graphviz's library");
    std::unique_ptr<graph_t, int (*)(graph_t*)> graph(library.read(dot.c_str()), library.close);
    if (!graph)
        return fails("hand the graph to Graphviz's library");
    if (library.lay_out(context, graph.get(), "dot") != 0)
        return fails("lay the graph out");
    char* data = nullptr;
    std::size_t size = 0;
    int failed = render(library.render, context, graph.get(), data, size);
    std::string svg = failed == 0 && data != nullptr ? std::string(data, size) : "";
    if (data != nullptr)
        library.free_data(data);
    library.free_layout(context, graph.get());
    if (svg.empty())
        return fails("draw the graph");
    return svg;
}

} // namespace netrig
