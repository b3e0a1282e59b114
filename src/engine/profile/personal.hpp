#pragma once

#include "engine/duck/session.hpp"
#include "engine/meaning/scan.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace csva::profile {

/// A column in which something personal was seen.
struct PersonalColumn {
    std::string physical;
    meaning::ColumnFindings found;
};
CSVA_DESCRIBE(PersonalColumn, physical, found)

/// What the scan of a table saw. Examples are masked: no cell stands here.
struct Personal {
    std::int64_t rows = 0;
    std::int64_t rows_looked_at = 0;      ///< Fewer than `rows` above kRowsLookedAt.
    std::vector<PersonalColumn> columns;  ///< Of the schema's order; only those with a finding.
};
CSVA_DESCRIBE(Personal, rows, rows_looked_at, columns)

/// Above twice this, blocks of 256 rows spread evenly over the table stand for all.
inline constexpr std::int64_t kRowsLookedAt = 100'000;

/// Looks at rows as they pass; equal cells are judged once. Not thread-safe.
class PersonalScan {
public:
    explicit PersonalScan(table::Schema schema);
    void add(const table::Batch& batch);
    Personal result();

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    struct Column {
        meaning::ColumnScan scan;
        std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> counts;
    };
    void look(std::size_t index, const table::ColumnData& data);
    static void judge(Column& column);
    table::Schema schema_;
    std::vector<Column> columns_;
    std::int64_t rows_ = 0;
};

/// Scan of a Parquet version, on all of its rows or, above twice kRowsLookedAt, about that many.
/// Errors: those of duck::Session, jobs.cancelled.
base::Result<Personal> find_personal(
    duck::Session& session,
    const std::string& parquet,
    const table::Schema& schema,
    base::Control& control
);

}  // namespace csva::profile
