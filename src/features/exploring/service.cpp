#include "features/exploring/service.hpp"

#include "foundation/base/crypto.hpp"

namespace csva::exploring {

using base::Result;

std::vector<base::SettingRow> setting_rows() {
    using base::SettingType;
    return {
        {"limits.query_memory_bytes",
         SettingType::integer,
         "536870912",
         "bytes",
         "Memory of the process that answers for the grid."},
        {"limits.query_ms",
         SettingType::integer,
         "10000",
         "ms",
         "Longest time that one page of rows may take."},
        {"limits.export_ms",
         SettingType::integer,
         "600000",
         "ms",
         "Longest time that writing a version as CSV may take."},
    };
}

Result<RowsPage> Service::rows(const RowsQuery& query) {
    TRY(auto table, parts_.datasets.table(query.dataset_id, query.version_id));
    TRY(const auto path, parts_.datasets.local_path(table.parquet_key));
    GridOrder order{
        .parquet = path.string(),
        .schema = std::move(table.schema),
        .offset = query.offset,
        .limit = query.limit,
        .sort = query.sort,
        .descending = query.descending,
        .filter = query.filter,
        .time_limit_ms = parts_.settings.integer("limits.query_ms"),
    };
    CHECK_OK(grid_sql(order));
    TRY(auto answer, parts_.rows.ask(order));
    return RowsPage{
        .version_id = table.id,
        .offset = query.offset,
        .total_rows = table.rows,
        .matching_rows = answer.matching_rows < 0 ? table.rows : answer.matching_rows,
        .columns = std::move(order.schema.columns),
        .row_ids = std::move(answer.row_ids),
        .rows = std::move(answer.rows),
    };
}

Result<recipe::AnonymityPlan> Service::anonymity(
    datasets::DatasetId id, datasets::VersionId version, const recipe::AnonymityWish& wish
) {
    TRY(auto table, parts_.datasets.table(id, version));
    CHECK_OK(recipe::check_anonymity(wish, table.schema));
    TRY(const auto path, parts_.datasets.local_path(table.parquet_key));
    TRY(auto answer,
        parts_.exports.ask(
            {.parquet = path.string(),
             .schema = std::move(table.schema),
             .time_limit_ms = parts_.settings.integer("limits.query_ms"),
             .anonymity = wish}
        ));
    return std::move(*answer.anonymity);
}

Result<datasets::Service::File> Service::csv(datasets::DatasetId id, datasets::VersionId version) {
    TRY(auto table, parts_.datasets.table(id, version));
    TRY(const auto dataset, parts_.datasets.get(id, i18n::Language::en));
    TRY(const auto path, parts_.datasets.local_path(table.parquet_key));
    auto out = parts_.staging / ("export-" + base::random_hex(12) + ".csv");
    const auto written = parts_.exports.ask(
        {.parquet = path.string(),
         .schema = std::move(table.schema),
         .csv_file = out.string(),
         .time_limit_ms = parts_.settings.integer("limits.export_ms")}
    );
    if (!written) {
        std::error_code ignored;
        std::filesystem::remove(out, ignored);
        return std::unexpected(written.error());
    }
    return datasets::Service::File{std::move(out), dataset.name + ".csv"};
}

}  // namespace csva::exploring
