#!/usr/bin/env bash
# Signs in to the cluster with this run's identity (OIDC): nothing is stored. CLOUD is aws, gcp or azure.
set -euo pipefail
identity() { # AUDIENCE
    curl -fsS -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$1" | jq -r .value
}
umask 077
token=${RUNNER_TEMP:-/tmp}/identity
keep() { [ -z "${GITHUB_ENV:-}" ] || echo "$1" >>"$GITHUB_ENV"; }
case $CLOUD in
    aws)
        identity sts.amazonaws.com >"$token"
        export AWS_ROLE_ARN=$AWS_ROLE AWS_WEB_IDENTITY_TOKEN_FILE=$token AWS_REGION=$REGION
        keep "AWS_ROLE_ARN=$AWS_ROLE"
        keep "AWS_WEB_IDENTITY_TOKEN_FILE=$token"
        keep "AWS_REGION=$REGION"
        aws eks update-kubeconfig --name "$CLUSTER" --region "$REGION"
        ;;
    gcp)
        identity "//iam.googleapis.com/$GCP_PROVIDER" >"$token"
        gcloud iam workload-identity-pools create-cred-config "$GCP_PROVIDER" --service-account="$GCP_ACCOUNT" \
            --credential-source-file="$token" --output-file="$token.json"
        gcloud auth login --quiet --cred-file="$token.json"
        gcloud container clusters get-credentials "$CLUSTER" --region "$REGION" --project "$GCP_PROJECT"
        ;;
    azure)
        az login --service-principal --username "$AZURE_CLIENT" --tenant "$AZURE_TENANT" \
            --federated-token "$(identity api://AzureADTokenExchange)" --output none
        az aks get-credentials --resource-group "$AZURE_GROUP" --name "$CLUSTER"
        ;;
    *)
        echo "CLOUD is aws, gcp or azure, not '$CLOUD'" >&2
        exit 2
        ;;
esac
