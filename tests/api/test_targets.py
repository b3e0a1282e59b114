"""Which columns of a data set are worth predicting, by its profile."""

from support import training

CSV = b"customer_id,plan,amount,churn\n" + b"".join(
    b"K%d,%s,%d.5,%s\n" % (i * 7, b"abc"[i % 3:i % 3 + 1], i, b"yes" if i % 4 else b"no")
    for i in range(60))


def test_proposes_the_likeliest_column_first(ada):
    number = training.upload(ada, "customers.csv", CSV)
    answer = ada.get(f"/api/v1/datasets/{number}/targets")
    assert answer.status_code == 200
    found = answer.json()["targets"]
    assert [t["column"] for t in found] == ["churn", "plan", "amount"]
    assert found[0]["task"] == "binary" and "telling_name" in found[0]["reasons"]
    assert found[1]["task"] == "multiclass" and found[2]["task"] == "regression"


def test_is_not_for_strangers(ada, bob):
    number = training.upload(ada, "customers.csv", CSV)
    assert bob.get(f"/api/v1/datasets/{number}/targets").status_code == 404
