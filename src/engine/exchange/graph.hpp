#pragma once

// Shared by the .cpp files of this folder only.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace csva::exchange {

/// Element types of ONNX tensors, by their numbers in onnx.proto.
enum class Element : std::uint8_t {
    float32 = 1,
    uint8 = 2,
    int64 = 7,
    string = 8,
    boolean = 9,
    float64 = 11
};

/// Fields of a protocol buffer message, one after the other. Source: the encoding page of
/// protobuf.dev; numbers of fields: onnx.proto (IR version 10).
class Message {
public:
    void integer(int field, std::int64_t value);
    void real(int field, float value);
    void text(int field, std::string_view value);
    void message(int field, const Message& value) { text(field, value.bytes_); }
    const std::string& bytes() const { return bytes_; }

private:
    void varint(std::uint64_t value);
    std::string bytes_;
};

/// A tensor with its values.
class Tensor {
public:
    static Tensor of(std::span<const double> values, std::vector<std::int64_t> shape);
    static Tensor of(std::span<const std::int64_t> values, std::vector<std::int64_t> shape);
    static Tensor of(std::span<const std::uint8_t> values, std::vector<std::int64_t> shape);
    static Tensor of(std::span<const std::string> values, std::vector<std::int64_t> shape);
    Message named(std::string_view name) const;

private:
    Tensor(Element element, std::vector<std::int64_t> shape);
    Message message_;
};

/// The attributes of a node.
class Attributes {
public:
    Attributes& set(std::string_view name, std::int64_t value);
    Attributes& set(std::string_view name, float value);
    Attributes& set(std::string_view name, std::string_view value);
    Attributes& set(std::string_view name, std::span<const std::int64_t> values);
    Attributes& set(std::string_view name, std::span<const std::string> values);
    Attributes& set(std::string_view name, std::span<const float> values);
    Attributes& set(std::string_view name, const Tensor& value);
    const std::vector<Message>& all() const { return all_; }

private:
    std::vector<Message> all_;
};

/// Name of a value in a graph.
using Value = std::string;

/// A graph in the making: every call adds what it says and returns the name of the outcome.
/// Numbers are float64 but for what a model sees, which has been through float32.
class Graph {
public:
    /// `vector`: as many values as there are rows; else a column of them, and the outcome is a
    /// vector all the same.
    Value input(std::string_view name, Element element, bool vector);
    void output(std::string_view name, Element element, const Value& value);
    Value constant(const Tensor& tensor);
    Value number(double value);
    Value whole(std::int64_t value);
    Value word(const std::string& value);
    /// Domain: empty for ONNX's own, ai.onnx.ml, com.microsoft.
    Value node(
        std::string_view operation,
        std::vector<Value> inputs,
        const Attributes& attributes = {},
        std::string_view domain = {}
    );
    Value cast(const Value& value, Element to);
    /// A number as models see it: what is beyond 1e30 is 1e30, and float32 is all it keeps.
    Value finite_float(const Value& value);
    /// An axis, for those operators that take it as a value.
    Value axis(std::int64_t axis);
    /// The whole model.
    std::string model(std::string_view name, std::string_view text) const;

private:
    Message graph_;
    int count_ = 0;
};

}  // namespace csva::exchange
