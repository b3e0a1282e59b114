#include "engine/table/batch.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace csva::table {
namespace {

constexpr std::size_t kBlockBytes = 1 << 16;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

void ColumnData::clear() {
    integers.clear();
    reals.clear();
    texts.clear();
    valid.clear();
}

void ColumnData::append_missing() {
    if (type == ColumnType::real)
        reals.push_back(kNaN);
    else if (type == ColumnType::text)
        texts.emplace_back();
    else
        integers.push_back(0);
    valid.push_back(0);
}

void ColumnData::append_integer(std::int64_t value) {
    integers.push_back(value);
    valid.push_back(1);
}

void ColumnData::append_real(double value) {
    reals.push_back(value);
    valid.push_back(1);
}

void ColumnData::append_text(std::string_view value) {
    texts.push_back(value);
    valid.push_back(1);
}

void ColumnData::set_missing(std::size_t row) {
    valid[row] = 0;
    if (type == ColumnType::real)
        reals[row] = kNaN;
    else if (type == ColumnType::text)
        texts[row] = {};
    else
        integers[row] = 0;
}

double ColumnData::number(std::size_t row) const {
    if (valid[row] == 0 || type == ColumnType::text) return kNaN;
    return type == ColumnType::real ? reals[row] : static_cast<double>(integers[row]);
}

void ColumnData::resize(std::size_t rows) {
    if (type == ColumnType::real)
        reals.resize(rows, kNaN);
    else if (type == ColumnType::text)
        texts.resize(rows);
    else
        integers.resize(rows, 0);
    valid.resize(rows, 0);
}

char* TextArena::room(std::size_t size) {
    if (used_ + size > capacity_) {
        capacity_ = std::max(kBlockBytes, size);
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(capacity_));
        if (blocks_.size() == 1) first_ = capacity_;
        used_ = 0;
    }
    char* place = blocks_.back().get() + used_;
    used_ += size;
    return place;
}

std::string_view TextArena::store(std::string_view text) {
    if (text.empty()) return {};
    char* place = room(text.size());
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
}

void TextArena::clear() {
    if (blocks_.size() > 1) blocks_.resize(1);
    used_ = 0;
    capacity_ = first_;
}

void Batch::reset(const Schema& schema) {
    clear();
    columns.resize(schema.columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        columns[i].clear();
        columns[i].type = schema.columns[i].type;
    }
}

void Batch::clear() {
    row_ids.clear();
    for (auto& column : columns) column.clear();
    arena.clear();
    keep.reset();
}

}  // namespace csva::table
