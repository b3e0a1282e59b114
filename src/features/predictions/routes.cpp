#include "features/predictions/routes.hpp"

#include "foundation/http/text.hpp"

namespace csva::predictions {
namespace {

using base::Result;
using http::Context;
using http::Method;
using http::Right;

constexpr http::Access model(Right right) {
    return http::access::object("model", right, "model_id");
}
constexpr http::Access batch(Right right) {
    return http::access::object("batch", right, "batch_id");
}

/// A browser's form goes back to its page, which shows the answer for the values after the #: they
/// are not sent to any server, so that no log keeps them.
std::string page_with(const OneRow& row) {
    std::string page = "/test-model/" + std::to_string(row.pk.value) + "/" +
                       http::percent_encode(row.model_name) + "/";
    char before = '#';
    for (const auto& [column, cell] : row.values) {
        page += before + http::percent_encode(column) + "=" + http::percent_encode(cell.text);
        before = '&';
    }
    return page;
}

void add_form(http::Routes& routes, Service& service) {
    routes.add<FormPath, Form>(
        Method::get,
        "/test-model/{pk}/{model_name}/",
        http::access::object("dataset", Right::read, "pk"),
        {.summary = "What a prediction needs: the fields of the form.",
         .tag = "predictions",
         .page = true},
        [&service](Context&, const FormPath& path) {
            return service.form(path.pk, path.model_name);
        }
    );
    using Answered = http::Handmade<Answer, 200>;
    routes.add<OneRow, Answered>(
        Method::post,
        "/test-model/{pk}/{model_name}/",
        http::access::object("dataset", Right::read, "pk"),
        {.summary = "Predict one row, sent as a form or as JSON.",
         .tag = "predictions",
         .body = http::Body::json_or_form,
         .memory_first = true},
        [&service](Context& context, const OneRow& row) -> Result<Answered> {
            if (context.from_form && context.head.wants_html())
                return Answered{http::Response::see_other(page_with(row))};
            if (context.memory_only) {
                auto quick = service.answer_quickly(row.pk, row.model_name, row.values);
                if (!quick) return context.ask_again();
                CHECK_OK(*quick);
                return Answered{http::Response::json(base::to_json(**quick))};
            }
            TRY(const auto answer, service.answer(row.pk, row.model_name, row.values));
            return Answered{http::Response::json(base::to_json(answer))};
        }
    );
}

void add_models(http::Routes& routes, Service& service) {
    routes.add<datasets::DatasetPath, ModelList>(
        Method::get,
        "/api/v1/datasets/{dataset_id}/models",
        http::access::object("dataset", Right::read, "dataset_id"),
        {.summary = "Models trained from a data set, newest training first.", .tag = "models"},
        [&service](Context&, const datasets::DatasetPath& path) {
            return service.models_of(path.dataset_id);
        }
    );
    routes.add<ModelPath, models::Model>(
        Method::get,
        "/api/v1/models/{model_id}",
        model(Right::read),
        {.summary = "A model.", .tag = "models"},
        [&service](Context&, const ModelPath& path) { return service.model(path.model_id); }
    );
    routes.add<ModelPath, exchange::ModelCard>(
        Method::get,
        "/api/v1/models/{model_id}/card",
        model(Right::read),
        {.summary = "What is known of a model, under the headings of the AI Act's Annex IV, and "
                    "what its provider has to add.",
         .tag = "models"},
        [&service](Context& context, const ModelPath& path) {
            return service.card(path.model_id, context.language);
        }
    );
    routes.add<RowsToPredict, Answers>(
        Method::post,
        "/api/v1/models/{model_id}/predictions",
        model(Right::read),
        {.summary = "Predict rows sent as JSON.",
         .tag = "predictions",
         .body = http::Body::json,
         .memory_first = true},
        [&service](Context& context, const RowsToPredict& wish) -> Result<Answers> {
            if (!context.memory_only) return service.answer_all(wish.model_id, wish.rows);
            if (auto answers = service.answer_all_quickly(wish.model_id, wish.rows))
                return std::move(*answers);
            return context.ask_again();
        }
    );
}

void add_named(http::Routes& routes, Service& service) {
    routes.add<RowsByName, Answers>(
        Method::post,
        "/api/v1/predictions",
        http::access::signed_in(),
        {.summary = "Predict rows by a registered model's name and alias, version or stage.",
         .tag = "predictions",
         .errors = {409}},
        [&service](Context& context, const RowsByName& wish) {
            return service.answer_named(context.actor, wish);
        }
    );
}

void add_labels(http::Routes& routes, Service& service) {
    routes.add<NewLabels, LabelsTaken>(
        Method::post,
        "/api/v1/models/{model_id}/labels",
        model(Right::write),
        {.summary = "Say what was true of predictions, by their ids.",
         .tag = "predictions",
         .body = http::Body::json},
        [&service](Context& context, const NewLabels& wish) {
            return service.label(wish, context.language);
        }
    );
    routes.add<LabelFile, LabelsTaken>(
        Method::post,
        "/api/v1/models/{model_id}/labels/file",
        model(Right::write),
        {.summary =
             "Say what was true of predictions by a CSV file (part `file`): prediction_id and "
             "the target.",
         .tag = "predictions",
         .body = http::Body::multipart,
         .errors = {413, 415}},
        [&service](Context& context, const LabelFile& wish) {
            return service.label_file(wish, *context.file("file"), context.language);
        }
    );
    routes.add<BatchLabels, LabelsTaken>(
        Method::post,
        "/api/v1/batches/{batch_id}/labels",
        batch(Right::write),
        {.summary = "Say what was true of a batch by a CSV file (part `file`): the target, row by "
                    "row as the batch's file was.",
         .tag = "predictions",
         .body = http::Body::multipart,
         .errors = {409, 413, 415}},
        [&service](Context& context, const BatchLabels& wish) {
            return service.label_batch(wish, *context.file("file"), context.language);
        }
    );
}

void add_batches(http::Routes& routes, Service& service) {
    routes.add<NewBatch, http::Accepted<Batch>>(
        Method::post,
        "/api/v1/models/{model_id}/batches",
        model(Right::write),
        {.summary = "Predict every row of a CSV file (part `file`).",
         .tag = "predictions",
         .body = http::Body::multipart,
         .errors = {413, 415}},
        [&service](Context& context, const NewBatch& wish) -> Result<http::Accepted<Batch>> {
            TRY(auto started,
                service.start(context.actor, wish, *context.file("file"), context.language));
            const std::string location = "/api/v1/batches/" + std::to_string(started.id.value);
            return http::Accepted<Batch>{std::move(started), location};
        }
    );
    routes.add<BatchPath, Batch>(
        Method::get,
        "/api/v1/batches/{batch_id}",
        batch(Right::read),
        {.summary = "How a batch goes.", .tag = "predictions"},
        [&service](Context& context, const BatchPath& path) {
            return service.batch(path.batch_id, context.language);
        }
    );
    routes.add<BatchPath, http::Response>(
        Method::get,
        "/api/v1/batches/{batch_id}/file",
        batch(Right::read),
        {.summary = "The predictions of a batch, as CSV.",
         .tag = "predictions",
         .produces = {"text/csv"},
         .errors = {409},
         .download = true},
        [&service](Context&, const BatchPath& path) -> Result<http::Response> {
            TRY(auto file, service.result(path.batch_id));
            return http::Response::download(
                std::move(file), "text/csv; charset=utf-8", "predictions.csv"
            );
        }
    );
    routes.add<BatchPath, http::NoContent>(
        Method::delete_,
        "/api/v1/batches/{batch_id}",
        batch(Right::write),
        {.summary = "Delete a batch with its files.", .tag = "predictions"},
        [&service](Context&, const BatchPath& path) -> Result<http::NoContent> {
            CHECK_OK(service.remove(path.batch_id));
            return http::NoContent{};
        }
    );
}

}  // namespace

void register_routes(http::Routes& routes, Service& service) {
    add_form(routes, service);
    add_models(routes, service);
    add_named(routes, service);
    add_labels(routes, service);
    add_batches(routes, service);
}

}  // namespace csva::predictions
