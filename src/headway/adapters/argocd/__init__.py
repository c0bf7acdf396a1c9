"""The engine of Kubernetes: reads Argo CD's API, asks it to refresh, and believes only what it can prove."""
