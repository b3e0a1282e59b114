#pragma once

#include "engine/learn/train.hpp"
#include "engine/stats/random.hpp"
#include "engine/table/column_parser.hpp"
#include "engine/table/source.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

/// Tables for this folder's tests: columns of texts made by functions of the row.
namespace csva::learn {

using Cells = std::function<std::string(std::size_t row)>;

struct MadeColumn {
    std::string name;
    table::ColumnType type = table::ColumnType::real;
    Cells cells;
    std::string date_format = {};
};

class MadeTable : public table::TableReader {
public:
    MadeTable(std::size_t rows, std::vector<MadeColumn> columns)
        : rows_(rows), columns_(std::move(columns)) {
        for (const auto& c : columns_) {
            table::Column column{
                .name = c.name,
                .physical = table::physical_name(schema_.columns.size()),
                .type = c.type
            };
            column.format.date_format = c.date_format;
            schema_.columns.push_back(column);
            parsers_.emplace_back(column);
        }
    }
    const table::Schema& schema() const override { return schema_; }
    base::Result<void> rewind() override {
        next_ = 0;
        return {};
    }
    base::Result<bool> next(table::Batch& batch) override {
        batch.reset(schema_);
        for (; next_ < rows_ && batch.rows() < table::kBatchRows; ++next_) {
            batch.row_ids.push_back(static_cast<std::int64_t>(next_) + 1);
            for (std::size_t c = 0; c < columns_.size(); ++c)
                parsers_[c].append(batch.arena.store(columns_[c].cells(next_)), batch.columns[c]);
        }
        return batch.rows() > 0;
    }

private:
    std::size_t rows_, next_ = 0;
    std::vector<MadeColumn> columns_;
    std::vector<table::ColumnParser> parsers_;
    table::Schema schema_;
};

/// A number in [0, 1) that depends on row and stream alone.
inline double noise(std::size_t row, std::uint64_t stream) {
    stats::SplitMix64 random(row * 1000003 + stream * 7919 + 1);
    random.next();
    return random.unit();
}

inline Cells number(std::function<double(std::size_t)> value) {
    return [value = std::move(value)](std::size_t row) { return std::to_string(value(row)); };
}

inline Cells uniform(std::uint64_t stream) {
    return number([stream](std::size_t row) { return noise(row, stream); });
}

/// Small and quick: 20 trees of 7 leaves for every family, one thread, no clock in sight.
inline TrainRequest quick(std::string target = "y") {
    TrainRequest request{.target = std::move(target), .budget_s = 600};
    request.options.trees = 20;
    request.options.leaves = 7;
    request.options.threads = 1;
    request.options.work = 20;
    return request;
}

inline base::Result<TrainOutcome> trained(MadeTable table, const TrainRequest& request = quick()) {
    base::Control control;
    return train(table, request, control);
}

}  // namespace csva::learn
