// A library that is loaded when it is first used: linking it would cost every start of the program
// milliseconds.
#pragma once

#include <dlfcn.h>
#include <initializer_list>
#include <string>

namespace netrig {

/// Never unloaded: nothing of it could be used afterwards.
class SharedLibrary {
public:
    /// The first of the names that there is, as dlopen(3) looks for them.
    explicit SharedLibrary(std::initializer_list<const char*> names) {
        for (const char* name : names)
            if (handle_ == nullptr)
                handle_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
        if (handle_ == nullptr)
            missing_ = dlerror();
        else
            name_ = *names.begin();
    }

    [[nodiscard]] bool loaded() const { return handle_ != nullptr; }

    template <class Function>
    void find(const char* name, Function& function) {
        if (handle_ == nullptr)
            return;
        function = reinterpret_cast<Function>(dlsym(handle_, name));
        if (function == nullptr && missing_.empty())
            missing_ = name_ + " has no " + name;
    }

    /// Why it can't be used; empty when it can.
    [[nodiscard]] const std::string& missing() const { return missing_; }

private:
    void* handle_ = nullptr;
    std::string name_, missing_;
};

} // namespace netrig
