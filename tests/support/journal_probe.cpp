// What tests/bench/journal fills a journal with: journal_probe FOLDER ENTRIES. Entries are as the
// program writes them, in groups of 1 to 12, each sealed; only the commits are fewer.

#include "foundation/base/clock.hpp"
#include "foundation/journal/journal.hpp"
#include "foundation/journal/writer.hpp"

#include <array>
#include <charconv>
#include <iostream>
#include <random>
#include <string_view>

namespace csva::journal {
namespace {

constexpr std::int64_t kGroupsAtOnce = 500;

base::Settings settings_of(const std::string& folder) {
    auto rows = setting_rows();
    rows.push_back({"data.dir", base::SettingType::text, "", "", ""});
    rows.push_back({"database.url", base::SettingType::secret, "", "", ""});
    rows.push_back({"database.wait_ms", base::SettingType::integer, "5000", "ms", ""});
    return *base::Settings::load(std::move(rows), "", {}, {{"data.dir", folder}});
}

Timed made_up(std::mt19937& random, std::int64_t at) {
    constexpr std::array<const char*, 4> kActions = {
        "datasets.upload",
        "training.create_trainings",
        "accounts.sign_in",
        "predictions.create_labels"
    };
    return {
        at,
        {.action = kActions[random() % kActions.size()],
         .actor_id = std::int64_t(random() % 50 + 1),
         .object_kind = "dataset",
         .object_id = std::int64_t(random() % 1000 + 1),
         .outcome = random() % 10 == 0 ? Outcome::failed : Outcome::done,
         .details = R"({"status":201})"}
    };
}

base::Result<void> fill(const base::Settings& settings, std::int64_t wanted) {
    TRY(const auto keys, load_keys(settings));
    TRY(const auto database, open_store(settings));
    std::mt19937 random(1);
    Head head;
    std::int64_t written = 0;
    while (written < wanted) {
        TRY(head, database->transaction([&](store::Session& session) -> base::Result<Head> {
            Head newest = head;
            for (std::int64_t i = 0; i < kGroupsAtOnce && written < wanted; ++i) {
                const auto size =
                    std::min<std::int64_t>(std::int64_t(random() % 12 + 1), wanted - written);
                std::vector<Timed> group;
                for (std::int64_t k = 0; k < size; ++k)
                    group.push_back(made_up(random, base::Clock::wall_ms()));
                TRY(newest, write_group(session, keys, newest, group));
                written += size;
            }
            return newest;
        }));
    }
    return {};
}

}  // namespace
}  // namespace csva::journal

int main(int count, char** arguments) {
    const std::string_view wish = count == 3 ? arguments[2] : "";
    std::int64_t entries = 0;
    std::from_chars(wish.data(), wish.data() + wish.size(), entries);
    if (entries < 1) return 2;
    const auto done = csva::journal::fill(csva::journal::settings_of(arguments[1]), entries);
    if (!done) std::cerr << done.error().reason << ' ' << done.error().internal << '\n';
    return done ? 0 : 1;
}
