#include "features/erasure/person_body.hpp"

#include "engine/duck/parquet.hpp"
#include "engine/meaning/scan.hpp"
#include "engine/profile/personal.hpp"
#include "engine/profile/profile.hpp"
#include "engine/reading/read_csv.hpp"
#include "engine/reading/rows.hpp"
#include "features/erasure/person_texts.hpp"
#include "features/predictions/service.hpp"
#include "foundation/base/files.hpp"

#include <algorithm>
#include <fstream>
#include <set>

namespace csva::erasure::person {
namespace {

namespace fs = std::filesystem;
using base::Result;

constexpr std::size_t kMostHits = 100;

/// What is known of a data set while its files are looked at.
struct Known {
    std::set<std::int64_t> rows;  ///< The person's; spared ones excepted.
    std::set<std::int64_t> spared;
    bool all_spared = false;
    std::vector<std::int64_t> ids;  ///< Of the version as read, in order.
    bool has_first = false;
    std::int64_t rejected = 0;  ///< Rejected rows of the person.
    DatasetHits shown;
};

/// One look at all files, and what is written.
class Look {
public:
    Look(Order order, fs::path out, base::Control& control)
        : order_(std::move(order)),
          out_(std::move(out)),
          control_(control),
          finder_(order_.key, order_.sought) {}

    Result<Outcome> run();

private:
    using Keep = std::function<bool(std::int64_t ordinal, std::span<const std::string_view>)>;

    Known& known(const File& file) { return datasets_[file.dataset_id]; }
    void prepare();
    Result<void> scan(const File& file);
    Result<void> scan_version(const File& file);
    Result<void> scan_original(const File& file);
    Result<void> settle(const File& file, Seen& seen);
    Result<void> settle_version(const File& file, Seen& seen);
    Result<void> settle_original(const File& file, Seen& seen);
    Result<void> settle_rejects(const File& file, Seen& seen);
    Result<void> settle_held_out(const File& file, Seen& seen);
    Result<void> settle_batch(const File& file, Seen& seen);
    Result<void> settle_segment(const File& file, Seen& seen);
    Result<void> settle_window(const File& file, Seen& seen);
    Result<void> renew_receipt(const File& file, Seen& seen);
    void note(
        Known& dataset,
        std::int64_t row,
        std::span<const std::string> names,
        std::span<const std::string_view> cells
    );
    /// Reads a CSV file as texts; `see` is told of each row. False: it cannot be read as a table.
    Result<bool> each_row(const File& file, std::vector<std::string>& names, const Keep& see);
    Result<std::int64_t> rewrite_csv(const File& file, const fs::path& to, const Keep& keep);
    Result<std::int64_t> lines_with_the_person(const File& file);
    void outcome_of(const Seen& seen);

    Order order_;
    fs::path out_;
    base::Control& control_;
    meaning::PersonFinder finder_;
    std::optional<duck::Session> session_;
    std::map<std::int64_t, Known> datasets_;
    std::map<std::int64_t, std::vector<reading::Reject>> rejects_left_;
    Outcome outcome_;
};

void Look::prepare() {
    for (const auto& one : order_.spared) {
        auto& dataset = datasets_[one.dataset_id];
        dataset.spared.insert(one.rows.begin(), one.rows.end());
        dataset.all_spared = one.rows.empty();
    }
    for (const auto& [id, rows] : order_.rows)
        datasets_[number_of(id)].rows.insert(rows.begin(), rows.end());
}

void Look::note(
    Known& dataset,
    std::int64_t row,
    std::span<const std::string> names,
    std::span<const std::string_view> cells
) {
    if (dataset.all_spared || dataset.spared.contains(row)) return;
    if (!dataset.rows.insert(row).second || dataset.shown.hits.size() == kMostHits) return;
    Hit hit{row, {}};
    for (const std::size_t place : finder_.places())
        hit.cells.push_back({names[place], meaning::masked(cells[place])});
    dataset.shown.hits.push_back(std::move(hit));
}

Result<void> Look::scan_version(const File& file) {
    auto& dataset = known(file);
    std::vector<std::string> names;
    for (const auto& column : file.schema.columns) names.push_back(column.name);
    finder_.columns(names);
    const bool first = !file.receipt.empty();
    TRY(const auto rows, duck::open_table(*session_, file.path, file.schema));
    table::Batch batch;
    RowTexts texts;
    while (true) {
        TRY(const bool more, rows->next(batch));
        if (!more) break;
        for (std::size_t r = 0; r < batch.rows(); ++r) {
            if (first) dataset.ids.push_back(batch.row_ids[r]);
            const auto cells = texts.of(batch, r);
            if (finder_.in_row(cells)) note(dataset, batch.row_ids[r], names, cells);
        }
    }
    dataset.has_first = dataset.has_first || first;
    return {};
}

Result<bool> Look::each_row(const File& file, std::vector<std::string>& names, const Keep& see) {
    std::int64_t ordinal = 0;
    const auto read = reading::read_csv(
        {.input = file.path,
         .temporary_folder = out_.string(),
         .all_text = true,
         .may_be_empty = true,
         .take = [&](table::TableReader& rows) -> Result<void> {
             ordinal = 0;
             names.clear();
             for (const auto& column : rows.schema().columns) names.push_back(column.name);
             finder_.columns(names);
             table::Batch batch;
             RowTexts texts;
             while (true) {
                 TRY(const bool more, rows.next(batch));
                 if (!more) return {};
                 for (std::size_t r = 0; r < batch.rows(); ++r)
                     (void)see(ordinal++, texts.of(batch, r));
             }
         },
         .threads = 1,
         .memory_limit_bytes = order_.share.memory_bytes},
        control_
    );
    if (read) return true;
    if (read.error().reason.starts_with("reading.")) return false;
    return std::unexpected(read.error());
}

/// A file that is no table is looked through line by line.
Result<std::int64_t> Look::lines_with_the_person(const File& file) {
    finder_.columns({});
    std::ifstream text(file.path, std::ios::binary);
    std::int64_t count = 0;
    for (std::string line; std::getline(text, line);) {
        const std::string_view cell = line;
        count += finder_.in_row({&cell, 1}) ? 1 : 0;
    }
    return count;
}

/// The rows of the file as it was sent are those of the first version, in the same order.
Result<void> Look::scan_original(const File& file) {
    auto& dataset = known(file);
    std::vector<std::pair<std::int64_t, std::vector<std::string>>> hits;
    std::vector<std::string> names;
    std::int64_t count = 0;
    TRY(const bool table, each_row(file, names, [&](std::int64_t ordinal, auto cells) {
            ++count;
            if (finder_.in_row(cells))
                hits.emplace_back(ordinal, texts_at(cells, finder_.places()));
            return true;
        }));
    if (!table || count != std::ssize(dataset.ids)) return {};
    for (const auto& [ordinal, cells] : hits) {
        const auto row = dataset.ids[static_cast<std::size_t>(ordinal)];
        dataset.shown.in_original = true;
        if (dataset.all_spared || dataset.spared.contains(row)) continue;
        if (!dataset.rows.insert(row).second || dataset.shown.hits.size() == kMostHits) continue;
        Hit hit{row, {}};
        for (const auto& cell : cells) hit.cells.push_back({"", meaning::masked(cell)});
        dataset.shown.hits.push_back(std::move(hit));
    }
    return {};
}

Result<void> Look::scan(const File& file) {
    if (file.place == Place::version) return scan_version(file);
    if (file.place == Place::original) return scan_original(file);
    if (file.place != Place::rejects) return {};
    auto& dataset = known(file);
    std::vector<std::string> names;
    TRY(const bool table, each_row(file, names, [&](std::int64_t, auto cells) {
            const bool gone = !dataset.all_spared && finder_.in_row(cells);
            dataset.rejected += gone ? 1 : 0;
            return true;
        }));
    if (!table) {
        TRY(dataset.rejected, lines_with_the_person(file));
    }
    return {};
}

Result<void> Look::settle_version(const File& file, Seen& seen) {
    const auto& dataset = known(file);
    const std::vector<std::int64_t> rows(dataset.rows.begin(), dataset.rows.end());
    TRY(seen.rows, duck::count_of(*session_, file.path, rows));
    const bool renewed = !file.receipt.empty() && dataset.rejected > 0;
    if (!order_.write || (seen.rows == 0 && !renewed)) return {};
    seen.file = "version-" + std::to_string(file.id) + ".parquet";
    const std::string to = (out_ / seen.file).string();
    seen.rewritten = true;
    const std::vector<std::int64_t> none = {0};
    TRY(seen.rows_left, duck::copy_without(*session_, file.path, rows.empty() ? none : rows, to));
    TRY(const auto profile, profile::profile_table(*session_, to, file.schema, control_));
    seen.profile = base::to_json(profile);
    TRY(const auto personal, profile::find_personal(*session_, to, file.schema, control_));
    seen.personal = base::to_json(personal);
    return file.receipt.empty() ? Result<void>() : renew_receipt(file, seen);
}

/// Its counts; what is said of lines that are gone goes.
Result<void> Look::renew_receipt(const File& file, Seen& seen) {
    TRY(auto receipt, base::from_json<reading::Receipt>(file.receipt));
    receipt.rows_kept = seen.rows_left;
    if (const auto left = rejects_left_.find(file.dataset_id); left != rejects_left_.end()) {
        receipt.rows_rejected = std::ssize(left->second);
        receipt.reject_counts.clear();
        std::map<std::string, std::int64_t> counts;
        for (const auto& reject : left->second) ++counts[reject.reason];
        for (const auto& [reason, rows] : counts) receipt.reject_counts.push_back({reason, rows});
        receipt.first_rejects = left->second;
        receipt.first_rejects.resize(std::min<std::size_t>(left->second.size(), kMostHits));
    }
    receipt.rows_in = receipt.rows_kept + receipt.rows_rejected;
    receipt.rows_repaired = std::min(receipt.rows_repaired, receipt.rows_kept);
    receipt.sha256.clear();
    seen.receipt = base::to_json(receipt);
    return {};
}

/// The kept rows into a CSV file of our own making (UTF-8); how many were left out.
Result<std::int64_t> Look::rewrite_csv(const File& file, const fs::path& to, const Keep& keep) {
    std::ofstream made(to, std::ios::binary);
    std::int64_t gone = 0;
    std::vector<std::string> names;
    bool begun = false;
    const auto write = [&](auto cells) {
        std::string line;
        for (const auto& cell : cells) {
            if (!line.empty() || &cell != &*cells.begin()) line += ',';
            reading::append_csv_cell(line, cell);
        }
        made << line << '\n';
    };
    TRY(const bool table, each_row(file, names, [&](std::int64_t ordinal, auto cells) {
            if (ordinal == 0) {
                made.close();
                made.open(to, std::ios::binary | std::ios::trunc);
                write(std::vector<std::string_view>(names.begin(), names.end()));
                begun = true;
                gone = 0;
            }
            const bool stays = keep(ordinal, cells);
            if (stays) write(cells);
            gone += stays ? 0 : 1;
            return stays;
        }));
    if (!begun) write(std::vector<std::string_view>(names.begin(), names.end()));
    made.flush();
    if (!made) return std::unexpected(base::unwritable(to));
    return table ? gone : -1;
}

Result<void> Look::settle_original(const File& file, Seen& seen) {
    auto& dataset = known(file);
    seen.file = "original-" + std::to_string(file.id) + ".csv";
    std::int64_t ordinal_count = 0;
    const auto ids = std::span<const std::int64_t>(dataset.ids);
    const auto row_of = [&](std::int64_t ordinal) {
        return ordinal < std::ssize(ids) ? ids[static_cast<std::size_t>(ordinal)] : 0;
    };
    TRY(const std::int64_t gone,
        rewrite_csv(file, out_ / seen.file, [&](std::int64_t ordinal, auto) {
            ++ordinal_count;
            return !dataset.rows.contains(row_of(ordinal));
        }));
    const bool fits = gone >= 0 && ordinal_count == std::ssize(ids);
    if (fits) {
        seen.rows = gone;
        seen.rewritten = gone > 0 || dataset.rejected > 0;
    } else {
        TRY(const auto lines, lines_with_the_person(file));
        seen.rows = dataset.all_spared ? 0 : lines;
        seen.gone = seen.rows > 0 || dataset.rejected > 0;
    }
    dataset.shown.in_original = dataset.shown.in_original || seen.rows > 0;
    return {};
}

Result<void> Look::settle_rejects(const File& file, Seen& seen) {
    auto& dataset = known(file);
    seen.rows = dataset.rejected;
    dataset.shown.in_rejects = dataset.rejected;
    if (!order_.write || dataset.rejected == 0) return {};
    seen.file = "rejects-" + std::to_string(file.id) + ".csv";
    auto& left = rejects_left_[file.dataset_id];
    TRY(const std::int64_t gone,
        rewrite_csv(file, out_ / seen.file, [&](std::int64_t ordinal, auto cells) {
            if (ordinal == 0) left.clear();
            if (finder_.in_row(cells)) return false;
            if (cells.size() > 1) left.push_back({number_of(cells[0]), std::string(cells[1])});
            return true;
        }));
    seen.gone = gone < 0 || left.empty();
    seen.rewritten = !seen.gone;
    return {};
}

Result<void> Look::settle_held_out(const File& file, Seen& seen) {
    const auto& dataset = known(file);
    if (dataset.rows.empty()) return {};
    seen.file = "held-out-" + std::to_string(file.id) + ".csv";
    TRY(const std::int64_t gone, rewrite_csv(file, out_ / seen.file, [&](std::int64_t, auto cells) {
            return cells.empty() || !dataset.rows.contains(number_of(cells[0]));
        }));
    seen.rows = std::max<std::int64_t>(gone, 0);
    seen.rewritten = gone > 0;
    seen.gone = gone < 0;
    return {};
}

/// Answers stand beside rows by their place, so a file of predictions goes whole.
Result<void> Look::settle_batch(const File& file, Seen& seen) {
    std::vector<std::string> names;
    TRY(const bool table, each_row(file, names, [&](std::int64_t, auto cells) {
            seen.rows += finder_.in_row(cells) ? 1 : 0;
            return true;
        }));
    if (!table) {
        TRY(seen.rows, lines_with_the_person(file));
    }
    seen.gone = seen.rows > 0;
    return {};
}

Result<void> Look::settle_segment(const File& file, Seen& seen) {
    std::vector<std::string> names;
    for (const auto& column : file.schema.columns) names.push_back(column.name);
    finder_.columns(names);
    seen.file = "segment-" + std::to_string(file.id);
    TRY(seen.rows,
        predictions::blank_lines(
            file.path,
            order_.write ? out_ / seen.file : fs::path(),
            [&](auto inputs) { return finder_.in_row(inputs); }
        ));
    seen.rewritten = seen.rows > 0;
    return {};
}

Result<void> Look::settle_window(const File& file, Seen& seen) {
    std::vector<std::int64_t> rows;
    {
        TRY(const auto all, duck::open_any(*session_, file.path));
        std::vector<std::string> names;
        finder_.columns(names);
        table::Batch batch;
        RowTexts texts;
        while (true) {
            TRY(const bool more, all->next(batch));
            if (!more) break;
            for (std::size_t r = 0; r < batch.rows(); ++r)
                if (finder_.in_row(texts.of(batch, r)))
                    rows.push_back(batch.columns.front().integers[r]);
        }
    }
    seen.rows = std::ssize(rows);
    if (!order_.write || rows.empty()) return {};
    seen.file = "window-" + std::to_string(file.id) + ".parquet";
    seen.rewritten = true;
    TRY(seen.rows_left,
        duck::copy_without(*session_, file.path, rows, (out_ / seen.file).string()));
    return {};
}

Result<void> Look::settle(const File& file, Seen& seen) {
    switch (file.place) {
        case Place::version:
            return settle_version(file, seen);
        case Place::original:
            return settle_original(file, seen);
        case Place::rejects:
            return settle_rejects(file, seen);
        case Place::held_out:
            return settle_held_out(file, seen);
        case Place::batch:
            return settle_batch(file, seen);
        case Place::segment:
            return settle_segment(file, seen);
        case Place::window:
            return settle_window(file, seen);
    }
    return {};
}

void Look::outcome_of(const Seen& seen) {
    auto& shown = datasets_[seen.dataset_id].shown;
    if (seen.place == Place::version && seen.rows > 0)
        shown.versions.push_back({seen.id, seen.rows});
    outcome_.files.push_back(seen);
    if (!order_.write) {
        outcome_.files.back().rewritten = false;
        outcome_.files.back().gone = false;
    }
}

Result<Outcome> Look::run() {
    prepare();
    const fs::path spill = out_.parent_path() / "spill";
    fs::create_directories(spill);
    std::vector<std::string> folders = {out_.string()};
    for (const auto& file : order_.files) folders.push_back(fs::path(file.path).parent_path());
    TRY(session_, datasets::open_session(order_.share, std::move(folders), spill, control_));
    double done = 0;
    const double all = 2 * static_cast<double>(order_.files.size());
    const auto step = [&]() -> Result<void> {
        if (control_.cancelled())
            return base::fail(base::ErrorKind::conflict, base::kCancelledReason);
        control_.progress(done++ / all, "looking");
        return {};
    };
    for (const auto& file : order_.files) {
        CHECK_OK(step());
        CHECK_OK(scan(file));
    }
    // Rejected rows before the receipt that counts them.
    std::vector<File> files;
    for (const bool rejects : {true, false})
        std::ranges::copy_if(order_.files, std::back_inserter(files), [&](const File& file) {
            return (file.place == Place::rejects) == rejects;
        });
    for (const auto& file : files) {
        CHECK_OK(step());
        Seen seen{.place = file.place, .id = file.id, .dataset_id = file.dataset_id};
        seen.key = file.key;
        CHECK_OK(settle(file, seen));
        outcome_of(seen);
    }
    for (auto& [id, dataset] : datasets_) {
        if (id == 0) continue;
        if (!dataset.rows.empty())
            outcome_.rows[std::to_string(id)] = {dataset.rows.begin(), dataset.rows.end()};
        auto& shown = dataset.shown;
        shown.dataset_id = id;
        shown.rows = std::ssize(dataset.rows);
        if (shown.rows > 0 || shown.in_original || shown.in_rejects > 0)
            outcome_.datasets.push_back(std::move(shown));
    }
    return std::move(outcome_);
}

}  // namespace

Result<std::string> body(const std::string& input, const fs::path& out, base::Control& control) {
    TRY(auto order, base::from_json<Order>(input));
    Look look(std::move(order), out, control);
    TRY(const auto outcome, look.run());
    return base::to_json(outcome);
}

}  // namespace csva::erasure::person
