#pragma once

#include "app/command.hpp"
#include "app/config.hpp"
#include "foundation/base/error.hpp"
#include "foundation/base/result.hpp"
#include "foundation/i18n/catalogue.hpp"

#include <functional>
#include <string>

namespace csva::app {

/// --config and --data-dir.
void add_common_options(const Command& command, CommonOptions& options);

/// Runs the work, prints its error in the person's language, and keeps the exit code.
void run(CommandLine& line, const std::function<base::Result<void>()>& work);

/// The person's, from LC_ALL, LC_MESSAGES or LANG.
i18n::Language language();

/// First line of standard input, without its end. Errors: app.no_password.
base::Result<std::string> password_from_stdin();

/// A path of the command line, for engines that compare paths by their whole text.
std::string absolute(const std::string& path);

void add_read(CommandLine& line);
void add_profile(CommandLine& line);
void add_serve(CommandLine& line);
void add_migrate(CommandLine& line);
void add_user(CommandLine& line);
void add_token(CommandLine& line);
void add_train(CommandLine& line);
void add_predict(CommandLine& line);
void add_drift(CommandLine& line);
void add_scan(CommandLine& line);
void add_anonymity(CommandLine& line);
void add_worker(CommandLine& line);
/// Not shown: what the worker starts for each job.
void add_job_child(CommandLine& line);
void add_query_child(CommandLine& line);
void add_openapi(CommandLine& line);
void add_doctor(CommandLine& line);
void add_health(CommandLine& line);
void add_move(CommandLine& line);
void add_copy_files(CommandLine& line);
void add_journal(CommandLine& line);
void add_erasure(CommandLine& line);
void add_backup(CommandLine& line);
void add_restore(CommandLine& line);

}  // namespace csva::app
