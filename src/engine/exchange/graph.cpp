#include "engine/exchange/graph.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>

namespace csva::exchange {
namespace {

constexpr int kIrVersion = 10, kOpset = 21, kMlOpset = 5;

// Kinds of attributes.
constexpr int kFloat = 1, kInt = 2, kString = 3, kTensor = 4, kFloats = 6, kInts = 7, kStrings = 8;

template <class T>
std::string_view raw(std::span<const T> values) {
    static_assert(std::endian::native == std::endian::little);
    return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

Message attribute(std::string_view name, int kind) {
    Message out;
    out.text(1, name);
    out.integer(20, kind);
    return out;
}

/// Name, element type and shape of an input or output: one dimension of rows, and one of 1.
Message value_info(std::string_view name, Element element, bool vector) {
    Message rows, one, shape, tensor, type, out;
    rows.text(2, "rows");
    one.integer(1, 1);
    shape.message(1, rows);
    if (!vector) shape.message(1, one);
    tensor.integer(1, static_cast<int>(element));
    tensor.message(2, shape);
    type.message(1, tensor);
    out.text(1, name);
    out.message(2, type);
    return out;
}

Message opset(std::string_view domain, std::int64_t version) {
    Message out;
    out.text(1, domain);
    out.integer(2, version);
    return out;
}

}  // namespace

void Message::varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>((value & 0x7F) | 0x80);
    bytes_ += static_cast<char>(value);
}

void Message::integer(int field, std::int64_t value) {
    varint(static_cast<std::uint64_t>(field) << 3);
    varint(static_cast<std::uint64_t>(value));
}

void Message::real(int field, float value) {
    varint((static_cast<std::uint64_t>(field) << 3) | 5);
    char four[sizeof(value)];
    std::memcpy(four, &value, sizeof(value));
    bytes_.append(four, sizeof(value));
}

void Message::text(int field, std::string_view value) {
    varint((static_cast<std::uint64_t>(field) << 3) | 2);
    varint(value.size());
    bytes_ += value;
}

Tensor::Tensor(Element element, std::vector<std::int64_t> shape) {
    for (const auto n : shape) message_.integer(1, n);
    message_.integer(2, static_cast<int>(element));
}

Tensor Tensor::of(std::span<const double> values, std::vector<std::int64_t> shape) {
    Tensor out(Element::float64, std::move(shape));
    out.message_.text(9, raw(values));
    return out;
}

Tensor Tensor::of(std::span<const std::int64_t> values, std::vector<std::int64_t> shape) {
    Tensor out(Element::int64, std::move(shape));
    out.message_.text(9, raw(values));
    return out;
}

Tensor Tensor::of(std::span<const std::uint8_t> values, std::vector<std::int64_t> shape) {
    Tensor out(Element::uint8, std::move(shape));
    out.message_.text(9, raw(values));
    return out;
}

Tensor Tensor::of(std::span<const std::string> values, std::vector<std::int64_t> shape) {
    Tensor out(Element::string, std::move(shape));
    for (const auto& value : values) out.message_.text(6, value);
    return out;
}

Message Tensor::named(std::string_view name) const {
    Message out = message_;
    out.text(8, name);
    return out;
}

Attributes& Attributes::set(std::string_view name, std::int64_t value) {
    all_.push_back(attribute(name, kInt));
    all_.back().integer(3, value);
    return *this;
}

Attributes& Attributes::set(std::string_view name, float value) {
    all_.push_back(attribute(name, kFloat));
    all_.back().real(2, value);
    return *this;
}

Attributes& Attributes::set(std::string_view name, std::string_view value) {
    all_.push_back(attribute(name, kString));
    all_.back().text(4, value);
    return *this;
}

Attributes& Attributes::set(std::string_view name, std::span<const std::int64_t> values) {
    all_.push_back(attribute(name, kInts));
    for (const auto value : values) all_.back().integer(8, value);
    return *this;
}

Attributes& Attributes::set(std::string_view name, std::span<const std::string> values) {
    all_.push_back(attribute(name, kStrings));
    for (const auto& value : values) all_.back().text(9, value);
    return *this;
}

Attributes& Attributes::set(std::string_view name, std::span<const float> values) {
    all_.push_back(attribute(name, kFloats));
    for (const auto value : values) all_.back().real(7, value);
    return *this;
}

Attributes& Attributes::set(std::string_view name, const Tensor& value) {
    all_.push_back(attribute(name, kTensor));
    all_.back().message(5, value.named({}));
    return *this;
}

Value Graph::input(std::string_view name, Element element, bool vector) {
    graph_.message(11, value_info(name, element, vector));
    return vector ? Value(name) : node("Reshape", {Value(name), axis(-1)});
}

void Graph::output(std::string_view name, Element element, const Value& value) {
    Message identity;
    identity.text(1, value);
    identity.text(2, name);
    identity.text(4, "Identity");
    graph_.message(1, identity);
    graph_.message(12, value_info(name, element, true));
}

Value Graph::constant(const Tensor& tensor) {
    Value name = fmt::format("/constant{}", ++count_);
    graph_.message(5, tensor.named(name));
    return name;
}

Value Graph::number(double value) {
    return constant(Tensor::of(std::span<const double>(&value, 1), {}));
}
Value Graph::whole(std::int64_t value) {
    return constant(Tensor::of(std::span<const std::int64_t>(&value, 1), {}));
}
Value Graph::word(const std::string& value) {
    return constant(Tensor::of(std::span<const std::string>(&value, 1), {}));
}

Value Graph::node(
    std::string_view operation,
    std::vector<Value> inputs,
    const Attributes& attributes,
    std::string_view domain
) {
    Value name = fmt::format("/{}{}", operation, ++count_);
    Message out;
    for (const auto& input : inputs) out.text(1, input);
    out.text(2, name);
    out.text(3, name);
    out.text(4, operation);
    for (const auto& one : attributes.all()) out.message(5, one);
    if (!domain.empty()) out.text(7, domain);
    graph_.message(1, out);
    return name;
}

Value Graph::cast(const Value& value, Element to) {
    return node("Cast", {value}, Attributes().set("to", static_cast<std::int64_t>(to)));
}

Value Graph::finite_float(const Value& value) {
    constexpr double kMost = 1e30;
    // Comparisons, as Clip may lose a NaN.
    const auto low = node("Where", {node("Less", {value, number(-kMost)}), number(-kMost), value});
    const auto both = node("Where", {node("Greater", {low, number(kMost)}), number(kMost), low});
    return cast(cast(both, Element::float32), Element::float64);
}

Value Graph::axis(std::int64_t axis) {
    return constant(Tensor::of(std::span<const std::int64_t>(&axis, 1), {1}));
}

std::string Graph::model(std::string_view name, std::string_view text) const {
    Message graph = graph_, out;
    graph.text(2, name);
    out.integer(1, kIrVersion);
    out.text(2, "csva");
    out.text(3, CSVA_VERSION);
    out.text(6, text);
    out.message(7, graph);
    out.message(8, opset("", kOpset));
    out.message(8, opset("ai.onnx.ml", kMlOpset));
    out.message(8, opset("com.microsoft", 1));
    return out.bytes();
}

}  // namespace csva::exchange
