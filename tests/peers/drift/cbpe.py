"""Estimated quality without labels beside NannyML's CBPE, on the same inputs and the same choice of calibration."""

import nannyml
import numpy
import pandas

METRICS = {"accuracy": "accuracy", "roc_auc": "roc_auc", "f1": "f1"}


def made_rows(source, n, classes, honest):
    """Rows of a model of so many classes: probabilities, prediction, truth."""
    raw = source.dirichlet(numpy.full(classes, 0.7), n)
    powered = raw ** honest
    true_share = powered / powered.sum(axis=1, keepdims=True)
    truth = (source.uniform(size=(n, 1)) > true_share.cumsum(axis=1)).sum(axis=1).clip(0, classes - 1)
    return raw, raw.argmax(axis=1), truth


def estimate(reference, analysis, classes):
    """NannyML's fitted estimator and its estimates of one chunk."""
    def frame(rows):
        table = pandas.DataFrame({"y": rows[2], "p": rows[1]})
        for c in range(classes):
            table[f"p{c}"] = rows[0][:, c]
        return table
    binary = classes == 2
    names = ["roc_auc", "f1", "accuracy"]
    estimator = nannyml.CBPE(
        y_pred_proba="p1" if binary else {c: f"p{c}" for c in range(classes)},
        y_pred="p", y_true="y", metrics=names, chunk_number=1,
        problem_type="classification_binary" if binary else "classification_multiclass",
    )
    estimator.fit(frame(reference))
    result = estimator.estimate(frame(analysis)).filter(period="analysis").to_df()
    return estimator, {name: float(result[(name, "value")].iloc[0]) for name in names}


def calibrates(estimator, classes):
    """Which classes NannyML has decided to calibrate."""
    if classes == 2:
        return [bool(estimator.needs_calibration)]
    return [type(estimator._calibrators[c]).__name__ == "IsotonicCalibrator" for c in range(classes)]


def check(probe, source, out):
    for classes in (2, 2, 3, 5):
        for honest in (1.0, 0.5, 2.0):
            reference, analysis = (made_rows(source, n, classes, honest) for n in (3000, 1500))
            estimator, theirs = estimate(reference, analysis, classes)
            fitted = probe.ask("calibration", a=reference[0].ravel(), x=reference[1], y=reference[2], n=classes, mode="always")
            for c, wanted in enumerate(calibrates(estimator, classes)):
                if not wanted:
                    fitted["classes"][c] = {"scores": [], "values": []}
            ours = probe.ask("estimated", a=analysis[0].ravel(), x=analysis[1], n=classes, calibration=fitted)
            label = f"{classes} classes, sharpness {honest}"
            out.same(f"{label} accuracy", ours["accuracy"][0], theirs["accuracy"])
            out.same(f"{label} roc_auc", ours["roc_auc"][0], theirs["roc_auc"])
            out.same(f"{label} f1", ours["f1" if classes == 2 else "macro_f1"][0], theirs["f1"])
            real = (analysis[1] == analysis[2]).mean()
            out.equal(f"{label} accuracy {real} lies near the interval", bool(
                ours["accuracy"][1] - 0.04 <= real <= ours["accuracy"][2] + 0.04), True)
    return out
