"""Promotions under way in an instance, one of them changed or taken out."""

from collections.abc import Callable
from dataclasses import replace

from headway.domain.names import InstanceName, PromotionId
from headway.domain.situation.records import Underway
from headway.domain.situation.situation import Situation


def with_underway(
    situation: Situation,
    instance: InstanceName,
    promotion_id: PromotionId,
    change: Callable[[Underway], Underway],
) -> Situation:
    """Change one promotion under way; one that is no longer there is left so."""
    state = situation.instance(instance)
    underway = tuple(change(one) if one.promotion_id == promotion_id else one for one in state.underway)
    return situation.with_instance(instance, replace(state, underway=underway))


def without_underway(situation: Situation, instance: InstanceName, promotion_id: PromotionId) -> Situation:
    """Take one promotion out."""
    state = situation.instance(instance)
    underway = tuple(one for one in state.underway if one.promotion_id != promotion_id)
    return situation.with_instance(instance, replace(state, underway=underway))
