"""A renewed token is sent at once, and no connection is left over."""

from headway.adapters.argocd.connection import Connection
from headway.adapters.argocd.credentials import Credentials


async def test_a_renewed_token_gets_a_client_of_its_own_and_the_one_before_may_end_what_it_does() -> None:
    tokens = ["first"]
    connection = Connection(
        lambda: Credentials(url="http://argocd.example", token=tokens[-1], authority=None), most_at_once=1
    )
    first = await connection.client()
    assert await connection.client() is first
    tokens.append("second")
    second = await connection.client()
    assert second.headers["Authorization"] == "Bearer second"
    assert not first.is_closed
    tokens.append("third")
    third = await connection.client()
    assert (first.is_closed, second.is_closed, third.is_closed) == (True, False, False)
    await connection.close()
    assert second.is_closed
    assert third.is_closed
