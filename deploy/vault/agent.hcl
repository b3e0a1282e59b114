# Vault's agent on a server with systemd: keeps the files of secrets as they are in Vault, and has the service take a new one.
# vault agent -config=/etc/vault/csva.hcl
vault {
  address = "https://vault.example.org:8200"
}
auto_auth {
  method "approle" {
    config = {
      role_id_file_path   = "/etc/vault/csva-role-id"
      secret_id_file_path = "/etc/vault/csva-secret-id"
    }
  }
}
template {
  contents    = "{{ with secret \"secret/data/csva\" }}{{ .Data.data.database_url }}{{ end }}"
  destination = "/etc/csva/secrets/database_url"
  perms       = "0440"
  group       = "csva"
  exec {
    command = ["systemctl", "try-restart", "csva.service"]
  }
}
