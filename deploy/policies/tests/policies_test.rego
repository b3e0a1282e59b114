# The Rego of the templates by itself: opa test (tests/ops/check_policies.sh takes it out of templates/ first).
package csva_test

import data.csvabounded
import data.csvafixedimages
import data.csvalabels
import data.csvanoroot

careful := {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}}

container := {"name": "a", "image": "ghcr.io/csv-analyzer/csva:0.1.0", "securityContext": careful}

pod(containers, security) := {"review": {"object": {
	"metadata": {"labels": {"team": "data"}},
	"spec": {"securityContext": security, "containers": containers},
}}}

messages(found) := {one.msg | some one in found}

test_careful_pod_passes if {
	count(csvanoroot.violation) == 0 with input as pod([container], {"runAsNonRoot": true})
}

test_nothing_said_is_root if {
	"a: runAsNonRoot must be true" in messages(csvanoroot.violation) with input as pod([container], {})
}

test_container_overrides_pod if {
	bad := object.union(container, {"securityContext": object.union(careful, {"runAsUser": 0})})
	"a: must not run as user 0" in messages(csvanoroot.violation) with input as pod([bad], {"runAsNonRoot": true, "runAsUser": 65532})
}

image_input(image) := object.union(
	pod([object.union(container, {"image": image})], {}),
	{"parameters": {"registries": ["ghcr.io/csv-analyzer/", "localhost:5000/"]}},
)

test_images if {
	every image in ["ghcr.io/csv-analyzer/csva:1", "localhost:5000/csva:1", "ghcr.io/csv-analyzer/csva@sha256:00"] {
		count(csvafixedimages.violation) == 0 with input as image_input(image)
	}
	every image in ["ghcr.io/csv-analyzer/csva", "localhost:5000/csva", "ghcr.io/csv-analyzer/csva:latest", "ghcr.io/csv-analyzer/csva:", "evil/csva:1"] {
		count(csvafixedimages.violation) > 0 with input as image_input(image)
	}
}

test_missing_limit_is_named if {
	asked := object.union(pod([container], {}), {"parameters": {"resources": ["memory"]}})
	messages(csvabounded.violation) == {"a: resources.requests.memory is missing", "a: resources.limits.memory is missing"} with input as asked
}

test_label_of_the_template_counts if {
	deployment := {"review": {"object": {"metadata": {"labels": {"team": "x"}}, "spec": {"template": {"metadata": {}, "spec": {}}}}}, "parameters": {"labels": ["team"]}}
	messages(csvalabels.violation) == {"label team is missing"} with input as deployment
}
