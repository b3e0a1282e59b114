#include "engine/reading/opening.hpp"

namespace csva::reading {

bool needs_mending(const Bytes& bytes, const ReadRequest& request) {
    if (bytes.encoding != "UTF-8") return false;
    return bytes.odd_sequences > 0 || (bytes.c1_controls > 0 && !request.all_text);
}

base::Result<Source> as_utf8(const ReadRequest& request, const std::string& folder) {
    Source source;
    TRY(source.bytes, inspect(request.input));
    if (source.bytes.size == 0 && !request.may_be_empty)
        return base::fail(base::ErrorKind::invalid_argument, "reading.empty_file");
    source.utf8_file = request.input;
    if (source.bytes.encoding != "UTF-8" || needs_mending(source.bytes, request)) {
        source.utf8_file = folder + "/utf8.csv";
        CHECK_OK(to_utf8(request.input, source.bytes, source.utf8_file));
    }
    return source;
}

base::Result<Plan> plan_of(const Source& source, bool all_text, std::vector<Evidence>& evidence) {
    Plan plan;
    TRY(plan.file, MappedFile::open(source.utf8_file));
    plan.dialect.encoding = source.bytes.encoding;
    plan.dialect.byte_order_mark = source.bytes.byte_order_mark;
    plan.dialect.line_end = source.bytes.line_end;
    CHECK_OK(make_plan(plan, all_text, evidence));
    return plan;
}

}  // namespace csva::reading
