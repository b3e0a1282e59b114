#include "foundation/journal/chain.hpp"

#include "foundation/base/crypto.hpp"

namespace csva::journal {
namespace {

void append_text(std::string& line, std::string_view name, std::string_view text) {
    line += ",\"";
    line += name;
    line += "\":";
    base::encode_text(line, text);
}

}  // namespace

std::string line_of(const Record& record) {
    std::string line;
    line.reserve(256 + record.details.text.size());
    line += "{\"seq\":" + std::to_string(record.seq);
    line += ",\"at\":" + std::to_string(record.at);
    append_text(line, "action", record.action);
    append_text(line, "actor", record.actor);
    append_text(line, "object_kind", record.object_kind);
    append_text(line, "object", record.object);
    append_text(line, "outcome", record.outcome);
    append_text(line, "network", record.network);
    line += ",\"details\":";
    line += record.details.text;
    line += '}';
    return line;
}

std::string hash_of(std::string_view link, std::string_view line) {
    std::string text(link);
    text += '\n';
    text += line;
    return base::sha256_hex(text);
}

std::string sealed_text(const Seal& seal) {
    return "csva-journal-seal@1\n" + std::to_string(seal.seq) + "\n" + seal.hashes + "\n";
}

std::string link_after(std::string_view hash, const Seal& seal) {
    return hash_of(
        hash,
        "seal " + std::to_string(seal.seq) + " " + seal.key_id + " " + seal.hashes + " " +
            seal.signature
    );
}

std::string head_text(const Head& head) {
    return "csva-journal-head@1\n" + std::to_string(head.entries) + "\n" + head.link + "\n" +
           std::to_string(head.at) + "\n";
}

std::string key_id_of(std::string_view public_hex) {
    return base::sha256_hex(public_hex).substr(0, 16);
}

}  // namespace csva::journal
