#include "features/predictions/segment.hpp"

#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/base/json_text.hpp"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>

namespace csva::predictions {
namespace {

namespace fs = std::filesystem;
using base::Result;

constexpr std::uint32_t kMagic = 0x31564c50;  // "PLV1"
constexpr std::uint32_t kLargestBlock = 1U << 30U;

struct Frame {
    std::uint32_t magic = kMagic;
    std::uint32_t bytes = 0;
    std::uint32_t lines = 0;
    std::uint32_t checksum = 0;
};

std::uint32_t checksum_of(std::string_view text) {
    return static_cast<std::uint32_t>(
        crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size())
    );
}

/// The next whole block; nothing at the end and at the first that is not.
std::optional<std::string> next_block(std::istream& file, Frame& frame) {
    if (!file.read(reinterpret_cast<char*>(&frame), sizeof frame)) return std::nullopt;
    if (frame.magic != kMagic || frame.bytes > kLargestBlock) return std::nullopt;
    std::string text(frame.bytes, '\0');
    if (!file.read(text.data(), static_cast<std::streamsize>(text.size()))) return std::nullopt;
    if (checksum_of(text) != frame.checksum) return std::nullopt;
    return text;
}

bool is_special(char c) { return c == '\t' || c == '\n' || c == '\\'; }

void append_cell(std::string& out, std::string_view text) {
    out += '\t';
    if (std::ranges::none_of(text, is_special)) {
        out += text;
        return;
    }
    for (const char c : text) {
        if (is_special(c)) out += '\\';
        out += c == '\t' ? 't' : c == '\n' ? 'n' : c;
    }
}

/// A JSON number or boolean in the words of the file, so that it is read back as the same.
void append_as_written(std::string& out, const base::Cell& cell, const table::CellFormat& format) {
    using Kind = base::Cell::Kind;
    const std::size_t begin = out.size();
    if (cell.kind == Kind::boolean && !format.true_words.empty() && !format.false_words.empty())
        return append_cell(
            out, cell.text == "true" ? format.true_words.front() : format.false_words.front()
        );
    append_cell(out, cell.text);
    if (cell.kind == Kind::number && format.decimal_mark == ",")
        std::replace(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), '.', ',');
}

void append_number(std::string& out, double value) {
    out += '\t';
    base::encode_number(out, value);
}

std::int64_t integer_of(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

double real_of(std::string_view text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// Undoes append_cell in place.
std::string_view plain(char* begin, char* end) {
    char* out = std::find(begin, end, '\\');
    for (const char* in = out; in < end; ++in) {
        char c = *in;
        if (c == '\\' && in + 1 < end) {
            ++in;
            c = *in == 't' ? '\t' : *in == 'n' ? '\n' : '\\';
        }
        *out++ = c;
    }
    return {begin, static_cast<std::size_t>(out - begin)};
}

class SegmentReader final : public table::TableReader {
public:
    SegmentReader(std::vector<fs::path> files, table::Schema schema)
        : files_(std::move(files)), schema_(std::move(schema)) {}

    const table::Schema& schema() const override { return schema_; }

    Result<bool> next(table::Batch& batch) override {
        batch.reset(schema_);
        while (position_ == end_)
            if (!open_block()) return false;
        batch.keep = block_;
        while (position_ < end_ && batch.rows() < table::kBatchRows) add_line(batch);
        return true;
    }

    Result<void> rewind() override {
        next_file_ = 0;
        rows_ = 0;
        position_ = end_ = nullptr;
        stream_ = {};
        return {};
    }

private:
    struct Block {
        std::string code, text;
    };

    bool open_block() {
        for (;;) {
            Frame frame;
            auto text = stream_.is_open() ? next_block(stream_, frame) : std::nullopt;
            if (text) {
                block_ = std::make_shared<Block>(code_, std::move(*text));
                position_ = block_->text.data();
                end_ = position_ + block_->text.size();
                return true;
            }
            if (next_file_ == files_.size()) return false;
            stream_ = std::ifstream(files_[next_file_++], std::ios::binary);
            SegmentHead head;
            text = next_block(stream_, frame);
            if (!text || !base::decode(*text, base::type_of<SegmentHead>(), &head)) stream_ = {};
            code_ = head.code;
            line_ = 0;
        }
    }

    void add_line(table::Batch& batch) {
        char* const end = std::find(position_, end_, '\n');
        batch.row_ids.push_back(++rows_);
        auto column = batch.columns.begin();
        (column++)->append_text(block_->code);
        (column++)->append_integer(++line_);
        for (; column != batch.columns.end(); ++column) {
            char* const stop = std::find(position_, end, '\t');
            append(*column, position_, stop);
            position_ = std::min(stop + 1, end);
        }
        position_ = std::min(end + 1, end_);
    }

    static void append(table::ColumnData& column, char* begin, char* end) {
        const std::string_view text(begin, static_cast<std::size_t>(end - begin));
        if (text.empty())
            column.append_missing();
        else if (column.type == table::ColumnType::text)
            column.append_text(plain(begin, end));
        else if (column.type == table::ColumnType::real)
            column.append_real(real_of(text));
        else
            column.append_integer(integer_of(text));
    }

    std::vector<fs::path> files_;
    table::Schema schema_;
    std::ifstream stream_;
    std::size_t next_file_ = 0;
    std::string code_;
    std::int64_t line_ = 0;  ///< Of the segment.
    std::int64_t rows_ = 0;  ///< Of all.
    std::shared_ptr<Block> block_;
    char* position_ = nullptr;
    char* end_ = nullptr;
};

}  // namespace

SegmentHead head_of(const bundle::Description& model) {
    SegmentHead head;
    head.code = base::random_hex(6);
    for (const auto& column : model.columns.columns) head.columns.push_back(column.name);
    head.outputs = std::max<std::int64_t>(1, std::ssize(model.report.classes));
    return head;
}

std::string block_of(std::string_view text, std::uint32_t lines) {
    const Frame frame{kMagic, static_cast<std::uint32_t>(text.size()), lines, checksum_of(text)};
    std::string out(reinterpret_cast<const char*>(&frame), sizeof frame);
    out += text;
    return out;
}

void append_line(
    std::string& out,
    std::int64_t at_ms,
    const bundle::Description& model,
    std::span<const base::Cell* const> cells,
    const bundle::Prediction& answer
) {
    out += std::to_string(at_ms);
    for (std::size_t c = 0; c < cells.size(); ++c) {
        if (cells[c] != nullptr)
            append_as_written(out, *cells[c], model.columns.columns[c].format);
        else
            out += '\t';
    }
    for (const auto& name : model.report.classes) append_number(out, answer.probabilities.at(name));
    if (model.report.classes.empty()) append_number(out, answer.prediction.number);
    out += '\n';
}

void append_lines(
    std::string& out,
    std::int64_t at_ms,
    const bundle::Places& places,
    const table::Batch& rows,
    const bundle::Answers& answers
) {
    const std::string at = std::to_string(at_ms);
    const std::size_t outputs = rows.rows() > 0 ? answers.values.size() / rows.rows() : 0;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        out += at;
        for (const auto& place : places.columns) {
            const bool there = place && !rows.columns[*place].missing(row);
            append_cell(out, there ? rows.columns[*place].texts[row] : std::string_view());
        }
        for (std::size_t k = 0; k < outputs; ++k)
            append_number(out, answers.values[row * outputs + k]);
        out += '\n';
    }
}

SegmentSummary summary_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    SegmentSummary out;
    Frame frame;
    auto text = next_block(file, frame);
    if (!text || !base::decode(*text, base::type_of<SegmentHead>(), &out.head)) return {};
    while ((text = next_block(file, frame))) {
        const std::string_view lines(*text);
        const auto last = lines.substr(0, lines.size() - 1).rfind('\n');
        const std::int64_t first_ms = integer_of(lines);
        const std::int64_t last_ms =
            last == std::string_view::npos ? first_ms : integer_of(lines.substr(last + 1));
        if (out.rows == 0) out.from_ms = first_ms;
        out.to_ms = std::max({out.to_ms, first_ms, last_ms});
        out.rows += frame.lines;
    }
    return out;
}

namespace {

/// The line with its inputs emptied, or as it was.
std::string kept_line(
    std::string& line,
    std::size_t inputs,
    const std::function<bool(std::span<const std::string_view>)>& is_gone,
    std::int64_t& gone
) {
    const std::string before = line;
    std::vector<std::pair<std::size_t, std::size_t>> cells;
    for (std::size_t begin = 0; begin <= line.size();) {
        const std::size_t end = std::min(line.find('\t', begin), line.size());
        cells.emplace_back(begin, end);
        begin = end + 1;
    }
    if (cells.size() < inputs + 1) return before;
    std::vector<std::string_view> texts;
    for (std::size_t i = 1; i <= inputs; ++i)
        texts.push_back(plain(line.data() + cells[i].first, line.data() + cells[i].second));
    if (!is_gone(texts)) return before;
    ++gone;
    return before.substr(0, cells[0].second) + std::string(inputs, '\t') +
           before.substr(cells[inputs].second);
}

}  // namespace

Result<std::int64_t> blank_lines(
    const fs::path& in,
    const fs::path& out,
    const std::function<bool(std::span<const std::string_view>)>& is_gone
) {
    std::ifstream file(in, std::ios::binary);
    Frame frame;
    SegmentHead head;
    std::int64_t gone = 0;
    auto block = next_block(file, frame);
    if (!block || !base::decode(*block, base::type_of<SegmentHead>(), &head)) return gone;
    std::string made = block_of(*block, frame.lines);
    while ((block = next_block(file, frame))) {
        std::string text;
        for (std::size_t begin = 0; begin < block->size();) {
            const std::size_t end = std::min(block->find('\n', begin), block->size());
            std::string line = block->substr(begin, end - begin);
            text += kept_line(line, head.columns.size(), is_gone, gone) + '\n';
            begin = end + 1;
        }
        made += block_of(text, frame.lines);
    }
    if (!out.empty() && gone > 0) CHECK_OK(base::write_file(out, made));
    return gone;
}

namespace {

void add(table::Schema& out, std::string name, table::ColumnType type) {
    table::Column column;
    column.name = std::move(name);
    column.physical = table::physical_name(out.columns.size());
    column.type = type;
    out.columns.push_back(std::move(column));
}

}  // namespace

table::Schema log_schema(const bundle::Description& model) {
    using table::ColumnType;
    table::Schema out;
    add(out, "csva:segment", ColumnType::text);
    add(out, "csva:number", ColumnType::integer);
    add(out, "csva:at_ms", ColumnType::integer);
    for (const auto& column : model.columns.columns) add(out, column.name, ColumnType::text);
    for (const auto& name : model.report.classes)
        add(out, "csva:probability_" + name, ColumnType::real);
    if (model.report.classes.empty()) add(out, "csva:prediction", ColumnType::real);
    return out;
}

table::Schema kept_schema(const bundle::Description& model) {
    auto out = log_schema(model);
    for (std::size_t c = 0; c < model.columns.columns.size(); ++c)
        if (table::is_numeric(model.columns.columns[c].type))
            out.columns[kLogInputs + c].type = table::ColumnType::real;
    add(out, "csva:unreadable", table::ColumnType::text);
    return out;
}

std::unique_ptr<table::TableReader> read_segments(
    std::vector<fs::path> files, const bundle::Description& model
) {
    return std::make_unique<SegmentReader>(std::move(files), log_schema(model));
}

std::optional<PredictionKey> key_of(std::string_view prediction_id) {
    const auto dash = prediction_id.find('-');
    if (dash == std::string_view::npos || dash == 0) return std::nullopt;
    PredictionKey out{std::string(prediction_id.substr(0, dash)), 0};
    const std::string_view digits = prediction_id.substr(dash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.n);
    if (error != std::errc() || end != digits.data() + digits.size() || out.n < 1)
        return std::nullopt;
    return out;
}

std::string id_of(const PredictionKey& key) { return key.code + '-' + std::to_string(key.n); }

}  // namespace csva::predictions
