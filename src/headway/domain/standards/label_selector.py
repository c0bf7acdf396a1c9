"""Which labels a selector of Kubernetes selects. Pure."""

from collections.abc import Mapping


def selects(selector: object, labels: Mapping[str, object]) -> bool:
    """Say whether a `LabelSelector` selects labels: an empty one all, none or a wrong one nothing."""
    if not isinstance(selector, Mapping):
        return False
    wanted, expressions = selector.get("matchLabels") or {}, selector.get("matchExpressions") or []
    if not isinstance(wanted, Mapping) or not isinstance(expressions, list):
        return False
    return all(labels.get(name) == value for name, value in wanted.items()) and all(
        _holds(one, labels) for one in expressions
    )


def _holds(expression: object, labels: Mapping[str, object]) -> bool:
    if not isinstance(expression, Mapping):
        return False
    key, values = str(expression.get("key")), expression.get("values")
    listed = values if isinstance(values, list) else []
    match expression.get("operator"):
        case "In":
            return key in labels and labels[key] in listed
        case "NotIn":
            return key not in labels or labels[key] not in listed
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False
