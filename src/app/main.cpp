#include "app/commands/commands.hpp"

int main(int argument_count, char** arguments) {
    csva::app::CommandLine line(
        "csva", "CSV Analyzer: from a CSV file to a prediction one can trust", CSVA_VERSION
    );
    csva::app::add_read(line);
    csva::app::add_profile(line);
    csva::app::add_serve(line);
    csva::app::add_migrate(line);
    csva::app::add_user(line);
    csva::app::add_token(line);
    csva::app::add_train(line);
    csva::app::add_predict(line);
    csva::app::add_drift(line);
    csva::app::add_scan(line);
    csva::app::add_anonymity(line);
    csva::app::add_worker(line);
    csva::app::add_job_child(line);
    csva::app::add_query_child(line);
    csva::app::add_openapi(line);
    csva::app::add_doctor(line);
    csva::app::add_health(line);
    csva::app::add_move(line);
    csva::app::add_copy_files(line);
    csva::app::add_journal(line);
    csva::app::add_erasure(line);
    csva::app::add_backup(line);
    csva::app::add_restore(line);
    return line.answer(argument_count, arguments);
}
