#include "features/notices/routes.hpp"

namespace csva::notices {
namespace {

using base::Result;
using http::Context;
using http::Method;
using http::NoContent;
using http::Right;

constexpr const char* kTag = "notices";

struct NoticeQuery {
    std::optional<NoticeId> before;
    std::int64_t limit = 50;
};
CSVA_DESCRIBE(NoticeQuery, before, limit)
CSVA_NOTES(
    NoticeQuery,
    {.field = "before", .text = "Id of the last one already seen.", .minimum = 1},
    {.field = "limit", .text = "At most this many.", .minimum = 1, .maximum = 200, .defaulted = true
    }
)

struct ReadRequest {
    NoticeId up_to;
};
CSVA_DESCRIBE(ReadRequest, up_to)
CSVA_NOTES(
    ReadRequest, {.field = "up_to", .text = "Id of the newest one that was seen.", .minimum = 1}
)

accounts::UserId self(const Context& context) { return accounts::UserId(context.actor.user_id); }

void add_choices(http::Routes& routes, store::Database& database, const base::Settings& settings) {
    routes.add<http::NoRequest, Choices>(
        Method::get,
        "/api/v1/notices/choices",
        http::access::own_account(),
        {.summary = "What one chose to be told.", .tag = kTag},
        [&database, &settings](Context& context, const http::NoRequest&) {
            return database.read([&](store::Session& session) {
                return choices(session, settings, self(context));
            });
        }
    );
    routes.add<ChoicesChange, Choices>(
        Method::patch,
        "/api/v1/notices/choices",
        http::access::own_account(Right::write),
        {.summary = "Choose what to be told.", .tag = kTag},
        [&database, &settings](Context& context, const ChoicesChange& change) {
            return database.transaction([&](store::Session& session) -> Result<Choices> {
                CHECK_OK(change_choices(session, self(context), change));
                return choices(session, settings, self(context));
            });
        }
    );
    routes.add<http::NoRequest, NoContent>(
        Method::post,
        "/api/v1/notices/test-mail",
        http::access::own_account(Right::write),
        {.summary = "Send oneself a mail now, to see whether it comes.",
         .tag = kTag,
         .errors = {409}},
        [&database, &settings](Context& context, const http::NoRequest&) -> Result<NoContent> {
            CHECK_OK(send_test(database, settings, self(context)));
            return NoContent{};
        }
    );
}

}  // namespace

void register_routes(
    http::Routes& routes, store::Database& database, const base::Settings& settings
) {
    routes.add<NoticeQuery, NoticeList>(
        Method::get,
        "/api/v1/notices",
        http::access::own_account(),
        {.summary = "What the service told one, newest first.", .tag = kTag},
        [&database](Context& context, const NoticeQuery& query) {
            return database.read([&](store::Session& session) {
                return list(session, self(context), query.before, query.limit, context.language);
            });
        }
    );
    routes.add<ReadRequest, NoContent>(
        Method::post,
        "/api/v1/notices/read",
        http::access::own_account(Right::write),
        {.summary = "Mark notices as read.", .tag = kTag},
        [&database](Context& context, const ReadRequest& request) -> Result<NoContent> {
            CHECK_OK(database.transaction([&](store::Session& session) {
                return mark_read(session, self(context), request.up_to);
            }));
            return NoContent{};
        }
    );
    add_choices(routes, database, settings);
    routes.add_page("/notices/", http::access::own_account());
}

}  // namespace csva::notices
