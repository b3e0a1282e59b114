#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace csva::app {

/// An option or a positional argument, while it is declared. A handle: copies mean the same one.
class Option {
public:
    explicit Option(CLI::Option* option) : option_(option) {}
    const Option& required() const;
    /// Its help says the value that it has when not given.
    const Option& with_default() const;
    /// The help and the refusal name the limits; both belong to the range.
    const Option& between(double low, double high) const;
    const Option& between(std::int64_t low, std::int64_t high) const;
    const Option& not_negative() const;
    const Option& one_of(std::vector<std::string> values) const;
    /// One argument holds several values with this between them.
    const Option& separated_by(char mark) const;
    const Option& needs(const Option& other) const;
    const Option& excludes(const Option& other) const;

private:
    CLI::Option* option_;
};

/// A subcommand, while it is declared. A handle, and the whole of what commands know of CLI11:
/// whoever includes its headers is compiled with all of its code, for seconds.
class Command {
public:
    explicit Command(CLI::App* app) : app_(app) {}
    Command add(const std::string& name, const std::string& text) const;
    /// One of its subcommands must be named.
    void needs_subcommand() const;
    /// Not in the help: programs start it.
    void hide() const;
    /// "--name" or the name of a positional argument. `value` keeps what it has when not given.
    /// For std::string, std::int64_t, double, optionals of numbers, and std::vector<std::string>.
    template <class T>
    Option option(const std::string& name, T& value, const std::string& text = "") const;
    Option flag(const std::string& name, bool& value, const std::string& text) const;
    /// What it does, once all of the command line is read.
    void does(std::function<void()> work) const;
    /// Ends with the exit code of wrong use. To be called from its work.
    [[noreturn]] void refuse(const std::string& missing) const;

private:
    CLI::App* app_;
};

/// The command line: each file of commands/ adds its subcommand. Exit codes: 0 done, 1 something
/// unexpected, 2 wrong use or input, 3 not allowed, 4 not found, 5 conflict, 6 too large,
/// 7 not available now.
class CommandLine {
public:
    CommandLine(const std::string& name, const std::string& text, const std::string& version);
    ~CommandLine();
    Command add(const std::string& name, const std::string& text) const;
    /// Reads the arguments, runs the subcommand they name, and gives the exit code.
    int answer(int count, const char* const* arguments);
    int exit_code = 0;

private:
    std::unique_ptr<CLI::App> app_;
};

}  // namespace csva::app
