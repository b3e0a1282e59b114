#include "app/commands/commands.hpp"
#include "foundation/client/client.hpp"

#include <memory>
#include <stop_token>

namespace csva::app {
namespace {

struct Options {
    CommonOptions common;
    std::string url = "http://127.0.0.1:8000/health/ready";
    bool database = false;
};

/// Whether a server on this machine answers 200. Errors: app.unhealthy.
base::Result<void> ask(const std::string& url) {
    TRY(const auto client, client::Client::make({}));
    const auto answer = client->send({.url = url}, std::stop_token{});
    const std::string said = answer ? std::to_string(answer->status) : answer.error().internal;
    if (answer && answer->status == 200) return {};
    return base::fail(
        base::ErrorKind::unavailable, "app.unhealthy", {{"url", url}, {"said", said}}
    );
}

/// Whether the database can be opened and is of this version: all that a worker waits for.
base::Result<void> look_at_database(const CommonOptions& common) {
    TRY(const base::Settings settings, load_settings(common));
    TRY(const auto database, open_database(settings));
    return database->read([](store::Session& session) -> base::Result<void> {
        CHECK_OK(session.rows("SELECT 1 AS one"));
        return {};
    });
}

}  // namespace

void add_health(CommandLine& line) {
    const auto options = std::make_shared<Options>();
    const Command command = line.add(
        "health", "End with 0 when the server on this machine answers, for images without a shell"
    );
    add_common_options(command, options->common);
    command.option("--url", options->url, "What must answer 200").with_default();
    command.flag("--database", options->database, "Ask the database instead, as for a worker");
    command.does([&line, options] {
        run(line, [&options] {
            return options->database ? look_at_database(options->common) : ask(options->url);
        });
    });
}

}  // namespace csva::app
