#pragma once

#include "engine/learn/types.hpp"
#include "engine/profile/profile.hpp"
#include "features/datasets/types.hpp"
#include "features/training/types.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::sharing {

struct LinkTag;
using LinkId = base::Id<LinkTag>;

inline constexpr std::string_view kNotFound = "sharing.not_found";
inline constexpr std::string_view kExpired = "sharing.expired";
inline constexpr std::string_view kRevoked = "sharing.revoked";
inline constexpr std::string_view kTooLong = "sharing.too_long";
inline constexpr std::string_view kTooMany = "sharing.too_many";
inline constexpr std::string_view kNothingToShow = "sharing.nothing_to_show";

/// A link as the members of its project see it: without its secret.
struct Link {
    LinkId id;
    std::string label;
    std::optional<training::TrainingId> training_id;
    std::int64_t created_at = 0;
    std::int64_t expires_at = 0;
    std::optional<std::int64_t> revoked_at;
    std::int64_t views = 0;
    std::optional<std::int64_t> last_viewed_at;
    bool open = false;
};
CSVA_DESCRIBE(
    Link, id, label, training_id, created_at, expires_at, revoked_at, views, last_viewed_at, open
)
CSVA_NOTES(
    Link,
    {.field = "label", .text = "For whom or what it is; its visitors see it as the title."},
    {.field = "training_id", .text = "Whose verdict it shows; null: the data set's profile."},
    {.field = "expires_at", .text = "Unix milliseconds; every link ends."},
    {.field = "views", .text = "How often it was looked at."},
    {.field = "open", .text = "Neither ended nor revoked.", .defaulted = true}
)

struct LinkList {
    std::vector<Link> links;
};
CSVA_DESCRIBE(LinkList, links)

struct NewLink {
    LinkId id;
    std::string address;
    std::int64_t expires_at = 0;
};
CSVA_DESCRIBE(NewLink, id, address, expires_at)
CSVA_NOTES(NewLink, {.field = "address", .text = "To give away. It is shown once and never again."})

/// A column without anything that belongs to few rows: no extremes, no rare value.
struct SharedColumn {
    std::string name;
    table::ColumnType type = table::ColumnType::text;
    std::int64_t count = 0;
    std::int64_t missing = 0;
    std::int64_t distinct = 0;
    std::optional<double> mean;
    std::optional<double> standard_deviation;
    std::vector<double> quantiles;
    std::optional<profile::Histogram> histogram;
    std::vector<profile::ValueCount> top_values;
};
CSVA_DESCRIBE(
    SharedColumn,
    name,
    type,
    count,
    missing,
    distinct,
    mean,
    standard_deviation,
    quantiles,
    histogram,
    top_values
)
CSVA_NOTES(
    SharedColumn,
    {.field = "quantiles", .text = "At 5, 25, 50, 75, 95 %; none of columns of few values."},
    {.field = "histogram", .text = "Without the outer bins that hold fewer than ten rows."},
    {.field = "top_values", .text = "Values that ten rows or more have in common."}
)

struct SharedProfile {
    std::int64_t rows = 0;
    std::int64_t missing_cells = 0;
    std::vector<SharedColumn> columns;
};
CSVA_DESCRIBE(SharedProfile, rows, missing_cells, columns)

/// What a visitor sees; one of the two parts is there.
struct SharedView {
    std::string label;
    std::string name;
    std::int64_t expires_at = 0;
    std::optional<SharedProfile> profile;
    std::optional<learn::Report> report;
};
CSVA_DESCRIBE(SharedView, label, name, expires_at, profile, report)
CSVA_NOTES(
    SharedView,
    {.field = "name", .text = "Of the data set."},
    {.field = "profile", .text = "What is in each column; null when a verdict is shown."},
    {.field = "report", .text = "Verdict of a training; null when a profile is shown."}
)

/// What may be shown of a profile.
SharedProfile shown_of(const profile::Profile& profile);

}  // namespace csva::sharing
