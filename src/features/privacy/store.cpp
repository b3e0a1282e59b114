#include "features/privacy/store.hpp"

namespace csva::privacy {

base::Result<std::vector<KeptDecision>> decisions_of(
    store::Session& session, datasets::DatasetId id
) {
    TRY(const auto rows,
        session.rows(
            "SELECT d.id AS id, d.physical AS physical, d.column_name AS \"column\","
            " d.kinds AS kinds, d.action AS action, d.reason AS reason, d.step AS step,"
            " d.decided_by AS decided_by, COALESCE(u.name, '') AS decided_by_name,"
            " d.decided_at AS decided_at FROM privacy_decisions d"
            " LEFT JOIN users u ON u.id = d.decided_by WHERE d.dataset_id = :id"
            " ORDER BY d.id DESC",
            {id}
        ));
    std::vector<KeptDecision> out;
    for (const auto& row : rows) {
        auto& kept = out.emplace_back();
        kept.physical = row.text("physical");
        CHECK_OK(store::Session::fill_record(row, kept.decision));
    }
    return out;
}

base::Result<void> insert(
    store::Session& session,
    const datasets::VersionTable& version,
    std::string_view physical,
    const Decision& decision
) {
    const auto action =
        base::type_of<Action>().enumerators[static_cast<std::size_t>(decision.action)];
    CHECK_OK(session.run(
        "INSERT INTO privacy_decisions (project_id, dataset_id, version_id, physical, column_name,"
        " kinds, action, reason, step, decided_by, decided_at) VALUES (:project, :dataset,"
        " :version, :physical, :name, :kinds, :action, :reason, :step, :by, :at)",
        {version.project_id,
         version.dataset_id,
         version.id,
         physical,
         decision.column,
         base::to_json(decision.kinds),
         action,
         decision.reason,
         decision.step.text,
         decision.decided_by,
         decision.decided_at}
    ));
    return {};
}

}  // namespace csva::privacy
