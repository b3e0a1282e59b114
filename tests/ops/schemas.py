"""Schemas for kubeconform without a network: schemas.py SWAGGER OUT [CRD.yaml]...

From the API's own swagger.json (in the source of Kubernetes) and the definitions of custom kinds, one file a kind, closed: an
unknown field is an error. Use with -schema-location 'OUT/{{.ResourceKind}}{{.KindSuffix}}.json'.
"""
import json
import pathlib
import sys

import yaml

LOOSE = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"oneOf": [{"type": "string"}, {"type": "number"}]},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps": {"type": "object"},
}


def closed(node):
    """The same schema with every object closed and references into the common file."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: closed(value) for key, value in node.items() if key != "format" or value == "int-or-string"}
    if node.pop("format", None) or node.get("x-kubernetes-int-or-string") is True:
        return LOOSE["io.k8s.apimachinery.pkg.util.intstr.IntOrString"]
    if isinstance(node.get("$ref"), str):
        return {"$ref": node["$ref"].replace("#/definitions/", "_definitions.json#/definitions/")}
    free = node.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in node
    if node.get("type") == "object" and isinstance(node.get("properties"), dict) and not free:
        node["additionalProperties"] = False
    return node


def write(out, kind, group, version, schema):
    name = "-".join(filter(None, [kind.lower(), group.split(".")[0], version]))
    (out / f"{name}.json").write_text(json.dumps(schema), encoding="utf-8")


def built_in(swagger, out):
    raw = json.loads(swagger.read_text(encoding="utf-8"))["definitions"]
    definitions = {name: closed(schema) for name, schema in raw.items()} | LOOSE
    (out / "_definitions.json").write_text(json.dumps({"definitions": definitions}), encoding="utf-8")
    count = 0
    for name, schema in raw.items():
        for of in schema.get("x-kubernetes-group-version-kind", []):
            if name.endswith(("WatchEvent", "DeleteOptions")):
                continue
            one = json.loads(json.dumps(definitions[name]))
            properties = one.setdefault("properties", {})
            if "apiVersion" in properties:
                properties["apiVersion"] = {"const": "/".join(filter(None, [of["group"], of["version"]]))}
                properties["kind"] = {"const": of["kind"]}
            one["required"] = sorted({*one.get("required", []), "apiVersion", "kind"})
            write(out, of["kind"], of["group"], of["version"], one)
            count += 1
    return count


def custom(path, out):
    yaml.SafeLoader.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)  # a bare "="
    count = 0
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        if not document or document.get("kind") != "CustomResourceDefinition":
            continue
        for version in document["spec"]["versions"]:
            schema = closed(version["schema"]["openAPIV3Schema"])
            schema.setdefault("properties", {}).update(
                {"metadata": {"type": "object"}, "apiVersion": {"type": "string"}, "kind": {"type": "string"}})
            write(out, document["spec"]["names"]["kind"], document["spec"]["group"], version["name"], schema)
            count += 1
    return count


def main():
    swagger, out, *others = map(pathlib.Path, sys.argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    print(f"{built_in(swagger, out)} built-in kinds, {sum(custom(path, out) for path in others)} custom ones")


if __name__ == "__main__":
    main()
