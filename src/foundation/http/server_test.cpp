#include "foundation/http/server.hpp"

#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <charconv>
#include <filesystem>
#include <map>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace csva::http {
namespace {

struct Thing {
    std::int64_t thing_id = 0;
    std::string name;
    std::optional<std::int64_t> count;
};
CSVA_DESCRIBE(Thing, thing_id, name, count)

struct Stored {
    std::string file;
    std::int64_t size = 0;
    std::string sha256;
};
CSVA_DESCRIBE(Stored, file, size, sha256)

/// Knows one token and one session.
class FakeAuthenticator : public Authenticator {
public:
    std::optional<base::Result<Actor>> identify_quickly(const RequestHead& head) override {
        return identify(head);
    }
    base::Result<Actor> identify(const RequestHead& head) override {
        Actor actor;
        const auto token = head.header("authorization");
        if (token == "Bearer good") {
            actor.user_id = 1;
            actor.via = Via::token;
        } else if (!token.empty()) {
            return base::fail(base::ErrorKind::unauthenticated, "accounts.token_invalid");
        } else if (head.cookie("sessionid") == "open") {
            actor.user_id = 2;
            actor.via = Via::session;
            actor.csrf_token = "right";
        }
        return actor;
    }
    base::Result<void> authorize(const Actor& actor, const Access&, std::int64_t object_id)
        override {
        if (actor.user_id == 0)
            return base::fail(base::ErrorKind::unauthenticated, "accounts.sign_in_needed");
        if (object_id == 404) return base::fail(base::ErrorKind::not_found, "http.no_such_address");
        return {};
    }
    std::optional<base::Result<void>> authorize_quickly(
        const Actor& actor, const Access& access, std::int64_t object_id
    ) override {
        if (object_id == 7) return std::nullopt;  // must be looked up
        return authorize(actor, access, object_id);
    }
    base::Result<void> check_csrf(
        const Actor& actor, const RequestHead& head, std::string_view form_token
    ) override {
        if (head.header("x-csrftoken") == actor.csrf_token || form_token == actor.csrf_token)
            return {};
        return base::fail(base::ErrorKind::forbidden, "http.csrf");
    }
};

struct Answer {
    int status = 0;
    std::map<std::string, std::string> headers;
    std::string body;
    std::string all;
};

class Client {
public:
    explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        const timeval limit{10, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void send(std::string_view text) {
        while (!text.empty()) {
            const auto count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
            if (count <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    bool more() {
        char block[65536];
        const auto count = ::recv(socket_, block, sizeof block, 0);
        if (count > 0) held_.append(block, static_cast<std::size_t>(count));
        return count > 0;
    }
    Answer answer(bool head = false) {
        while (held_.find("\r\n\r\n") == std::string::npos && more()) {
        }
        const auto end = held_.find("\r\n\r\n");
        Answer out;
        if (end == std::string::npos) return out;
        out.all = held_.substr(0, end + 4);
        held_.erase(0, end + 4);
        std::from_chars(out.all.data() + 9, out.all.data() + 12, out.status);
        for (std::size_t at = out.all.find("\r\n") + 2; at < out.all.size() - 2;) {
            const auto stop = out.all.find("\r\n", at);
            const auto colon = out.all.find(": ", at);
            std::string name = out.all.substr(at, colon - at);
            for (auto& c : name) c = static_cast<char>(std::tolower(c));
            out.headers[name] = out.all.substr(colon + 2, stop - colon - 2);
            at = stop + 2;
        }
        const auto size =
            static_cast<std::size_t>(std::atoll(out.headers["content-length"].c_str()));
        while (!head && held_.size() < size && more()) {
        }
        if (!head) out.body = held_.substr(0, size);
        if (!head) held_.erase(0, size);
        return out;
    }
    std::string held_;

private:
    int socket_;
};

class ServerTest : public testing::Test {
protected:
    void SetUp() override { start({}); }
    void TearDown() override { finish(); }

    void start(std::map<std::string, std::string> overrides) {
        overrides.emplace("http.access_log", "false");
        overrides.emplace("limits.disk_reserve_bytes", "1");
        overrides.emplace("http.linger_s", "1");
        add_routes();
        settings = *base::Settings::load(setting_rows(), "", {}, overrides);
        server = std::make_unique<Server>(
            ServerParts{routes, authenticator, events, metrics, settings, folder.path(), web}
        );
        ASSERT_TRUE(server->listen("127.0.0.1", 0));
        runner = std::thread([this] { server->run(); });
    }
    void finish() {
        if (!server) return;
        server->stop();
        runner.join();
        server.reset();
        routes = {};
    }
    void restart(std::map<std::string, std::string> overrides) {
        finish();
        start(std::move(overrides));
    }
    void add_routes() {
        routes.add<NoRequest, Response>(
            Method::get,
            "/open",
            access::open(),
            {.summary = "Open.", .tag = "test", .quick = true},
            [](Context&, const NoRequest&) -> base::Result<Response> {
                return Response::json("{\"ok\":true}");
            }
        );
        // Tells from which thread it answers; `count` sends it to the pool.
        routes.add<Thing, Thing>(
            Method::post,
            "/memory/{thing_id}",
            access::object("thing", Right::read, "thing_id"),
            {.summary = "Memory first.", .tag = "test", .memory_first = true},
            [](Context& context, const Thing& thing) -> base::Result<Thing> {
                if (context.memory_only && thing.count) return context.ask_again();
                return Thing{thing.thing_id, context.memory_only ? "memory" : "pool", thing.count};
            }
        );
        routes.add<Thing, Created<Thing>>(
            Method::post,
            "/things/{thing_id}",
            access::object("thing", Right::write, "thing_id"),
            {.summary = "Make.", .tag = "test", .body = Body::json_or_form},
            [](Context&, const Thing& thing) -> base::Result<Created<Thing>> {
                return Created<Thing>{thing, "/things/" + std::to_string(thing.thing_id)};
            }
        );
        routes.add<NoRequest, Created<Stored>>(
            Method::post,
            "/upload",
            access::signed_in(Right::write),
            {.summary = "Store.", .tag = "test", .body = Body::multipart},
            [](Context& context, const NoRequest&) -> base::Result<Created<Stored>> {
                const auto* file = context.file("file");
                return Created<Stored>{
                    {file->filename, static_cast<std::int64_t>(file->size), file->sha256}, "/x"
                };
            }
        );
        routes.add<NoRequest, Response>(
            Method::get,
            "/file",
            access::open(),
            {.summary = "File.", .tag = "test"},
            [this](Context&, const NoRequest&) -> base::Result<Response> {
                return Response::download(folder.path() / "served.txt", "text/plain", "é.txt");
            }
        );
        routes.add<NoRequest, Response>(
            Method::get,
            "/throws",
            access::open(),
            {.summary = "Throws.", .tag = "test"},
            [](Context&, const NoRequest&) -> base::Result<Response> {
                throw std::runtime_error("secret words");
            }
        );
        routes.add<NoRequest, Response>(
            Method::get,
            "/events",
            access::open(),
            {.summary = "Events.", .tag = "test"},
            [](Context&, const NoRequest&) -> base::Result<Response> {
                return Response::events({"job:1"});
            }
        );
        routes.add_page("/page", access::signed_in());
    }
    Answer ask(std::string_view text, bool head = false) {
        Client client(server->port());
        client.send(text);
        return client.answer(head);
    }
    Answer get(std::string_view path, std::string_view headers = "") {
        return ask(
            "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) +
            "\r\n"
        );
    }
    static std::string form(std::string_view content, std::string_view before = "") {
        return std::string(before) +
               "--B\r\nContent-Disposition: form-data; name=\"file\"; "
               "filename=\"C:\\\\a\\\\d.csv\"\r\n"
               "Content-Type: text/csv\r\n\r\n" +
               std::string(content) + "\r\n--B--\r\n";
    }
    static std::string upload(std::string_view body, std::string_view headers) {
        return "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; "
               "boundary=B\r\n" +
               std::string(headers) + "Content-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + std::string(body);
    }
    std::size_t staged() const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
            count += entry.path().filename().string().starts_with("upload-") ? 1 : 0;
        return count;
    }

    base::TemporaryFolder folder = *base::TemporaryFolder::make();
    Routes routes;
    FakeAuthenticator authenticator;
    EventHub events;
    base::Metrics metrics;
    base::Settings settings;
    std::vector<base::EmbeddedFile> web = {
        {"assets/app-12345678.js", "let a = 1;"},
        {"index.html", "<p nonce=\"__CSP_NONCE__\">app</p>"}
    };
    std::unique_ptr<Server> server;
    std::thread runner;
};

constexpr std::string_view kGood = "Authorization: Bearer good\r\n";

TEST_F(ServerTest, answers_with_security_headers_and_a_request_id) {
    const auto answer = get("/open", "X-Request-Id: mine-1\r\n");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "{\"ok\":true}");
    EXPECT_EQ(answer.headers.at("x-request-id"), "mine-1");
    EXPECT_TRUE(answer.headers.contains("content-security-policy"));
}

TEST_F(ServerTest, answers_pipelined_requests_in_order) {
    Client client(server->port());
    client.send(
        "GET /open HTTP/1.1\r\nHost: localhost\r\n\r\nGET /nothing HTTP/1.1\r\nHost: "
        "localhost\r\n\r\nHEAD /open HTTP/1.1\r\nHost: localhost\r\n\r\n"
    );
    EXPECT_EQ(client.answer().status, 200);
    EXPECT_EQ(client.answer().status, 404);
    EXPECT_EQ(client.answer(true).headers.at("content-length"), "11");
}

TEST_F(ServerTest, refuses_what_can_be_read_in_two_ways) {
    for (const std::string headers :
         {"Host: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
          "Host: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n",
          "Host: localhost\r\nTransfer-Encoding: chunked, identity\r\n",
          "Host: localhost\r\nTransfer-Encoding: xchunked\r\n",
          "Host: a\r\nHost: b\r\n",
          "",
          "Host: localhost\r\nContent-Length: -1\r\n",
          "Host : localhost\r\n",
          "Host: localhost\r\nX: a\r\n b\r\n"}) {
        const auto answer = ask("POST /things/1 HTTP/1.1\r\n" + headers + "\r\nabc");
        EXPECT_TRUE(answer.status == 400 || answer.status == 501) << headers << answer.all;
        EXPECT_EQ(answer.headers.at("connection"), "close");
    }
}

TEST_F(ServerTest, gives_every_failure_one_shape_in_both_languages) {
    const auto en = get("/nothing");
    const auto fr = get("/nothing", "Accept-Language: fr-CA\r\n");
    EXPECT_EQ(en.status, 404);
    for (const auto* name : {"kind", "reason", "message", "hint", "details", "request_id"})
        EXPECT_TRUE(en.body.contains("\"" + std::string(name) + "\":")) << en.body;
    EXPECT_TRUE(en.body.contains("nothing at this address")) << en.body;
    EXPECT_TRUE(fr.body.contains("rien à cette adresse")) << fr.body;
}

TEST_F(ServerTest, hides_the_words_of_an_exception) {
    const auto answer = get("/throws");
    EXPECT_EQ(answer.status, 500);
    EXPECT_FALSE(answer.body.contains("secret"));
}

TEST_F(ServerTest, says_which_methods_an_address_takes) {
    for (const std::string method : {"DELETE", "OPTIONS", "TRACE", "PURGE"}) {
        const auto answer = ask(method + " /open HTTP/1.1\r\nHost: localhost\r\n\r\n");
        EXPECT_EQ(answer.status, 405) << method;
        EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD");
    }
}

TEST_F(ServerTest, decodes_path_and_body_and_refuses_unknown_fields) {
    const auto post = [&](std::string body, std::string type) {
        return ask(
            "POST /things/7 HTTP/1.1\r\nHost: localhost\r\n" + std::string(kGood) +
            "Content-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + body
        );
    };
    const auto made = post(R"({"name":"n"})", "application/json");
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(made.body, R"({"thing_id":7,"name":"n","count":null})");
    EXPECT_EQ(made.headers.at("location"), "/things/7");
    EXPECT_EQ(
        post("name=n+m&count=2", "application/x-www-form-urlencoded").body,
        R"({"thing_id":7,"name":"n m","count":2})"
    );
    EXPECT_EQ(post(R"({"name":"n","other":1})", "application/json").status, 400);
    EXPECT_EQ(post(R"({"name":"n"})", "text/plain").status, 415);
    EXPECT_EQ(post("{", "application/json").status, 400);
}

TEST_F(ServerTest, takes_chunked_bodies) {
    const auto answer =
        ask("POST /things/7 HTTP/1.1\r\nHost: localhost\r\n" + std::string(kGood) +
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            "5;x=y\r\n{\"nam\r\n7\r\ne\":\"n\"}\r\n0\r\nT: 1\r\n\r\n");
    EXPECT_EQ(answer.status, 201) << answer.body;
}

TEST_F(ServerTest, asks_for_rights_before_anything) {
    EXPECT_EQ(ask("POST /things/7 HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 401);
    EXPECT_EQ(get("/page").status, 302);
    EXPECT_EQ(get("/page").headers.at("location"), "/login/?next=/page");
    EXPECT_EQ(get("/page", "Authorization: Bearer bad\r\n").status, 401);
    const auto page = get("/page", "Cookie: a=b; sessionid=open\r\nAccept: text/html\r\n");
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(page.body.contains("app</p>"));
    EXPECT_FALSE(page.body.contains("__CSP_NONCE__"));
}

TEST_F(ServerTest, stores_an_upload_with_its_hash_and_removes_it_with_the_request) {
    const std::string content = "a,b\r\n1,2\r\n--\r\n-";
    const auto answer = ask(upload(form(content), kGood));
    EXPECT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(
        answer.body,
        "{\"file\":\"d.csv\",\"size\":" + std::to_string(content.size()) + ",\"sha256\":\"" +
            base::sha256_hex(content) + "\"}"
    );
    EXPECT_EQ(staged(), 0U);
}

TEST_F(ServerTest, wants_exactly_one_file) {
    const std::string other =
        "--B\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n\r\nx\r\n";
    const std::string twice =
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nx\r\n";
    const std::string field = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n";
    const std::vector<std::pair<std::string, std::string>> cases{
        {other + "--B--\r\n", "http.no_file_part"},
        {field + "--B--\r\n", "http.no_file_part"},
        {form("1", other), "base.unknown_field"},
        {form("1", field), "base.unknown_field"},
        {form("1", twice), "http.several_files"},
    };
    for (const auto& [body, reason] : cases) {
        const auto answer = ask(upload(body, "Authorization: Bearer good\r\n"));
        EXPECT_EQ(answer.status, 400) << body;
        EXPECT_NE(answer.body.find(reason), std::string::npos) << answer.body;
    }
    EXPECT_EQ(staged(), 0u);
}

TEST_F(ServerTest, refuses_broken_headers_in_the_language_that_they_ask_for) {
    for (const std::string_view text :
         {"GET / HTTP/1.1\r\nAccept-Language: fr\r\n\r\n",
          "GET /%ff HTTP/1.1\r\nHost: localhost\r\naccept-language: fr-CA, en;q=0.5\r\n\r\n"})
        EXPECT_EQ(ask(text).headers["content-language"], "fr") << text;
    EXPECT_EQ(ask("GET / HTTP/1.1\r\n\r\n").headers["content-language"], "en");
}

TEST_F(ServerTest, finds_boundaries_cut_anywhere) {
    const std::string content = "\r\n-\r\n--\r\n--A\n";
    const auto text = upload(form(content), kGood);
    for (std::size_t cut = text.find("\r\n\r\n") + 4; cut < text.size(); ++cut) {
        Client client(server->port());
        client.send(std::string_view(text).substr(0, cut));
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        client.send(std::string_view(text).substr(cut));
        const auto answer = client.answer();
        EXPECT_EQ(answer.status, 201) << cut;
        EXPECT_TRUE(answer.body.contains(base::sha256_hex(content))) << cut;
    }
}

TEST_F(ServerTest, refuses_a_file_over_the_limit_while_it_arrives) {
    restart({{"limits.upload_bytes", "1000"}});
    EXPECT_EQ(ask(upload(form(std::string(1000, 'x')), kGood)).status, 201);
    const auto answer = ask(upload(form(std::string(1001, 'x')), kGood));
    EXPECT_EQ(answer.status, 413);
    EXPECT_TRUE(answer.body.contains("http.file_too_large"));
    const auto large = ask(upload(form(std::string(20'000'000, 'x')), kGood));
    EXPECT_EQ(large.status, 413);
    EXPECT_EQ(staged(), 0U);
}

TEST_F(ServerTest, leaves_nothing_of_an_upload_that_stops) {
    {
        Client client(server->port());
        const auto text = upload(form(std::string(100'000, 'x')), kGood);
        client.send(std::string_view(text).substr(0, 50'000));
        for (int i = 0; i < 500 && staged() == 0; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        EXPECT_EQ(staged(), 1U);
    }
    for (int i = 0; i < 500 && staged() > 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(staged(), 0U);
}

TEST_F(ServerTest, wants_the_csrf_token_of_a_session_before_the_file) {
    const std::string session = "Cookie: sessionid=open\r\n";
    const std::string token =
        "--B\r\nContent-Disposition: form-data; name=\"csrfmiddlewaretoken\"\r\n\r\nright\r\n";
    EXPECT_EQ(ask(upload(form("x"), session)).status, 403);
    EXPECT_EQ(ask(upload(form("x", token), session)).status, 201);
    EXPECT_EQ(ask(upload(form("x"), session + "X-CSRFToken: right\r\n")).status, 201);
    EXPECT_EQ(ask(upload(form("x"), session + "X-CSRFToken: wrong\r\n")).status, 403);
}

TEST_F(ServerTest, refuses_other_sites_and_foreign_hosts) {
    const std::string good(kGood);
    EXPECT_EQ(ask(upload(form("x"), good + "Origin: http://evil.example\r\n")).status, 403);
    EXPECT_EQ(ask(upload(form("x"), good + "Origin: null\r\n")).status, 403);
    EXPECT_EQ(ask(upload(form("x"), good + "Sec-Fetch-Site: cross-site\r\n")).status, 403);
    EXPECT_EQ(ask(upload(form("x"), good + "Origin: http://localhost\r\n")).status, 201);
    EXPECT_EQ(ask("GET /open HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 421);
}

TEST_F(ServerTest, serves_ranges_and_names_of_downloads) {
    ASSERT_TRUE(base::write_file(folder.path() / "served.txt", "0123456789"));
    EXPECT_EQ(get("/file").body, "0123456789");
    EXPECT_TRUE(get("/file").headers.at("content-disposition").contains("UTF-8''%C3%A9.txt"));
    EXPECT_EQ(get("/file", "Range: bytes=2-4\r\n").body, "234");
    EXPECT_EQ(get("/file", "Range: bytes=-3\r\n").body, "789");
    EXPECT_EQ(get("/file", "Range: bytes=2-4\r\n").headers.at("content-range"), "bytes 2-4/10");
    EXPECT_EQ(get("/file", "Range: bytes=10-\r\n").status, 416);
}

TEST_F(ServerTest, serves_static_files_with_etag) {
    const auto first = get("/assets/app-12345678.js");
    EXPECT_EQ(first.body, "let a = 1;");
    EXPECT_TRUE(first.headers.at("cache-control").contains("immutable"));
    const auto again =
        get("/assets/app-12345678.js", "If-None-Match: " + first.headers.at("etag") + "\r\n");
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(get("/assets/../index.html").status, 404);
}

TEST_F(ServerTest, limits_headers_and_their_time) {
    EXPECT_EQ(get("/open", "X: " + std::string(20'000, 'a') + "\r\n").status, 431);
    restart({{"http.header_s", "0.2"}, {"http.body_idle_s", "0.2"}});
    EXPECT_EQ(ask("GET /open HTTP/1.1\r\nHost: loc").status, 408);
    EXPECT_EQ(
        ask("POST /things/1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
            "application/json\r\nContent-Length: 10\r\n\r\n{")
            .status,
        408
    );
}

TEST_F(ServerTest, says_continue_when_asked) {
    Client client(server->port());
    const auto text = upload(form("x"), std::string(kGood) + "Expect: 100-continue\r\n");
    const auto end = text.find("\r\n\r\n") + 4;
    client.send(std::string_view(text).substr(0, end));
    EXPECT_EQ(client.answer(true).status, 100);
    client.send(std::string_view(text).substr(end));
    EXPECT_EQ(client.answer().status, 201);
}

TEST_F(ServerTest, streams_events) {
    Client client(server->port());
    client.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.answer(true).headers.at("content-type"), "text/event-stream");
    while (events.size() == 0) std::this_thread::yield();
    events.publish("job:2", "job", "{}");
    events.publish("job:1", "job", R"({"id":1})");
    while (!client.held_.contains("{\"id\":1}") && client.more()) {
    }
    EXPECT_TRUE(client.held_.contains("event: job\ndata: {\"id\":1}\n\n")) << client.held_;
    EXPECT_FALSE(client.held_.contains("data: {}"));
}

TEST_F(ServerTest, stops_under_load_without_cutting_an_answer) {
    std::atomic<int> cut = 0;
    std::vector<std::jthread> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back([&, port = server->port()] {
            Client client(port);
            for (int j = 0; j < 100'000; ++j) {
                client.send("GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n");
                const auto answer = client.answer();
                if (answer.status == 0) return;
                if (answer.body.empty()) ++cut;
                if (answer.headers.at("connection") == "close") return;
            }
        });
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    finish();
    clients.clear();
    EXPECT_EQ(cut, 0);
}

TEST_F(ServerTest, describes_every_route_in_openapi) {
    const auto document = openapi(routes);
    for (const auto& route : routes.all())
        EXPECT_TRUE(document.contains("\"" + std::string(route->literal) + "\":{"))
            << route->literal;
    EXPECT_TRUE(document.contains(R"("openapi":"3.1.0")"));
    EXPECT_TRUE(document.contains("FailureAnswer"));
}

TEST_F(ServerTest, memory_first_routes_go_to_the_pool_when_memory_is_not_enough) {
    const auto ask = [&](int thing, const std::string& body, const std::string& credential) {
        Client client(server->port());
        client.send(
            "POST /memory/" + std::to_string(thing) + " HTTP/1.1\r\nHost: localhost\r\n" +
            credential + "\r\nContent-Type: application/json\r\nContent-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body
        );
        const auto answer = client.answer();
        return std::to_string(answer.status) + " " + answer.body.substr(0, 32);
    };
    const std::string token = "Authorization: Bearer good", session = "Cookie: sessionid=open";
    const std::string large = R"({"name":")" + std::string(20'000, 'x') + "\"}";
    EXPECT_TRUE(ask(1, R"({"name":"a"})", token).contains("memory"));
    EXPECT_TRUE(ask(1, R"({"name":"a","count":1})", token).contains("pool"));
    EXPECT_TRUE(ask(7, R"({"name":"a"})", token).contains("pool"));
    EXPECT_TRUE(ask(1, large, token).contains("pool"));
    EXPECT_TRUE(ask(1, R"({"name":"a"})", session + "\r\nX-CSRFToken: right").contains("memory"));
    EXPECT_TRUE(ask(1, R"({"name":"a"})", session).starts_with("403"));
    EXPECT_TRUE(ask(404, R"({"name":"a"})", token).starts_with("404"));
    EXPECT_TRUE(ask(1, R"({"wrong":"a"})", token).starts_with("400"));
    EXPECT_TRUE(ask(1, R"({"name":"a"})", "X-Nobody: 1").starts_with("401"));
}

}  // namespace
}  // namespace csva::http
