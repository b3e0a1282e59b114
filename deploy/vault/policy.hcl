# What the role of CSV Analyzer may read, and nothing else: vault policy write csva deploy/vault/policy.hcl
path "secret/data/csva" {
  capabilities = ["read"]
}
