#include "app/command.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <utility>

namespace csva::app {

const Option& Option::required() const {
    option_->required();
    return *this;
}
const Option& Option::with_default() const {
    option_->capture_default_str();
    return *this;
}
const Option& Option::between(double low, double high) const {
    option_->check(CLI::Range(low, high));
    return *this;
}
const Option& Option::between(std::int64_t low, std::int64_t high) const {
    option_->check(CLI::Range(low, high));
    return *this;
}
const Option& Option::not_negative() const {
    option_->check(CLI::NonNegativeNumber);
    return *this;
}
const Option& Option::one_of(std::vector<std::string> values) const {
    option_->check(CLI::IsMember(std::move(values)));
    return *this;
}
const Option& Option::separated_by(char mark) const {
    option_->delimiter(mark);
    return *this;
}
const Option& Option::needs(const Option& other) const {
    option_->needs(other.option_);
    return *this;
}
const Option& Option::excludes(const Option& other) const {
    option_->excludes(other.option_);
    return *this;
}

Command Command::add(const std::string& name, const std::string& text) const {
    return Command(app_->add_subcommand(name, text));
}
void Command::needs_subcommand() const { app_->require_subcommand(1); }
void Command::hide() const { app_->group(""); }
void Command::does(std::function<void()> work) const { app_->callback(std::move(work)); }
void Command::refuse(const std::string& missing) const {
    throw CLI::RequiredError(app_->get_name() + ": " + missing);
}
Option Command::flag(const std::string& name, bool& value, const std::string& text) const {
    return Option(app_->add_flag(name, value, text));
}
template <class T>
Option Command::option(const std::string& name, T& value, const std::string& text) const {
    return Option(app_->add_option(name, value, text));
}
template Option Command::option(const std::string&, std::string&, const std::string&) const;
template Option Command::option(const std::string&, std::int64_t&, const std::string&) const;
template Option Command::option(const std::string&, double&, const std::string&) const;
template Option
Command::option(const std::string&, std::optional<std::int64_t>&, const std::string&) const;
template Option Command::option(const std::string&, std::optional<double>&, const std::string&)
    const;
template Option Command::option(const std::string&, std::vector<std::string>&, const std::string&)
    const;

CommandLine::CommandLine(
    const std::string& name, const std::string& text, const std::string& version
)
    : app_(std::make_unique<CLI::App>(text, name)) {
    app_->set_version_flag("--version", version);
    app_->require_subcommand(1);
}
CommandLine::~CommandLine() = default;
Command CommandLine::add(const std::string& name, const std::string& text) const {
    return Command(app_->add_subcommand(name, text));
}
int CommandLine::answer(int count, const char* const* arguments) {
    try {
        app_->parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        return app_->exit(error) == 0 ? 0 : 2;
    }
    return exit_code;
}

}  // namespace csva::app
