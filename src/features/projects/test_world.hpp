#pragma once

#include "features/accounts/service.hpp"
#include "features/projects/service.hpp"
#include "foundation/base/crypto.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace csva::embedded {
store::Migrations accounts_migrations();
store::Migrations projects_migrations();
}  // namespace csva::embedded

namespace csva::projects {

/// For tests: accounts and projects on a store of their own, with one object kind, "thing", whose
/// number is its project's.
class World : public testing::Test {
protected:
    World() : folder_(std::filesystem::temp_directory_path() / ("csva-" + base::random_hex(8))) {
        std::filesystem::create_directories(folder_);
        database_ = *store::Database::open({.url = "", .data_folder = folder_.string()});
        const std::vector<store::Migrations> features = {
            embedded::accounts_migrations(), embedded::projects_migrations()
        };
        EXPECT_TRUE(database_->migrate(features).has_value());
        make_accounts({});
    }

    ~World() override {
        accounts_.reset();
        database_.reset();
        std::filesystem::remove_all(folder_);
    }

    void make_accounts(const std::map<std::string, std::string>& overrides) {
        auto rows = accounts::setting_rows();
        rows.push_back({"test.open", base::SettingType::boolean, "true", "", ""});
        settings_ = *base::Settings::load(std::move(rows), "", {}, overrides);
        accounts_ = std::make_unique<accounts::Accounts>(accounts::Accounts::Parts{
            *database_,
            settings_,
            metrics_,
            {create_personal, right_in},
            {object_kind(),
             {"thing",
              "things.not_found",
              [](store::Session& session, std::int64_t id) {
                  return object_kind().project_of(session, id);
              }}}
        });
    }

    http::Authenticator& door() { return accounts_->authenticator(); }

    accounts::User make_user(const std::string& name, bool administrator = false) {
        return accounts_->create_user({name, kPassword, administrator, {}}).value();
    }

    static http::RequestHead request(http::Pairs headers = {}) {
        http::RequestHead head;
        head.path = "/api/v1/things";
        head.headers = std::move(headers);
        head.remote_address = "203.0.113.9";
        head.scheme = "http";
        head.host = "csv.example.org";
        return head;
    }

    static http::RequestHead with_cookie(const std::string& cookie) {
        return request({{"cookie", "csva_session=" + cookie}});
    }

    static http::RequestHead with_token(const std::string& token) {
        return request({{"authorization", "Bearer " + token}});
    }

    accounts::OpenedSession sign_in(const std::string& name, const std::string& former = {}) {
        return accounts_->sign_in({name, kPassword}, {"203.0.113.9", "browser", former}).value();
    }

    http::Actor actor_of(const std::string& name) {
        return door().identify(with_cookie(sign_in(name).cookie)).value();
    }

    template <class Work>
    auto write(Work work) {
        return database_->transaction(work);
    }

    static constexpr const char* kPassword = "correct horse battery";

    std::filesystem::path folder_;
    std::unique_ptr<store::Database> database_;
    base::Settings settings_;
    base::Metrics metrics_;
    std::unique_ptr<accounts::Accounts> accounts_;
};

}  // namespace csva::projects
