"""Running the simulated partner interface, with the pages on which an owner installs and removes the app."""

import html
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import aiohttp
from aiohttp import web

from pipeline.errors import SettingsError
from pipeline.ring_simulator.partner_service import PARTNER_HOSTS, PartnerService
from pipeline.ring_simulator.partner_webhooks import Webhook
from pipeline.ring_simulator.partner_world import PartnerWorld
from pipeline.ring_simulator.server import Simulator

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PAGE = """<!doctype html><html lang="en"><head><title>Ring's app, simulated</title></head><body>
<h1>Ring's app, simulated</h1><p>{said}</p>{households}</body></html>"""


class PartnerSimulator(Simulator[PartnerService]):
    """A simulated partner interface of Ring."""

    def __init__(self, world: PartnerWorld, port: int = 0, app_url: str = "") -> None:
        """As ``Simulator``.

        Args:
            world: What it holds.
            port: On loopback; 0 takes a free one.
            app_url: Where Doorstep is served, on loopback; empty: nothing is sent anywhere.

        Raises:
            SettingsError: The address is not one of loopback.
        """
        if app_url and urlsplit(app_url).hostname not in _LOOPBACK:
            raise SettingsError(f"the simulator speaks with loopback alone, not with {app_url}")
        super().__init__(PARTNER_HOSTS, lambda: _WithPages(world, app_url.rstrip("/")), port)


class _WithPages(PartnerService):
    """The interface, and under every other host what an owner would do in Ring's app."""

    def __init__(self, world: PartnerWorld, app_url: str) -> None:
        super().__init__(world)
        self._app_url = app_url

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.host.partition(":")[0] in PARTNER_HOSTS:
            return await super()._answer(request)
        if request.method == "POST" and self._app_url:
            return await self._acted(request.path, {key: str(value) for key, value in (await request.post()).items()})
        return self._page("" if self._app_url else "Start it with --app to install the app anywhere.")

    async def _acted(self, path: str, form: Mapping[str, str]) -> web.StreamResponse:
        household = self.world.household(form.get("account", ""))
        if household is None:
            return self._page("there is no such household")
        account, device = household.ring_account, form.get("device", "")
        if path == "/install":
            await self._post("/partner/token-exchange", urlencode({"code": self.tokens.code(account)}).encode(), _FORM)
            raise web.HTTPSeeOther(f"{self._app_url}/home/partner/link?{urlencode(self.link_query(account))}")
        if path == "/remove":
            self.remove_app(account)
            return self._page(await self._hook(self.webhooks.make("app_integration_removed", account)))
        kind = {"/remove-device": "device_removed", "/ring": "button_press"}.get(path)
        if kind is None:
            return self._page("nothing is done at this address")
        if kind == "device_removed":
            self.removed.add(device)
        return self._page(await self._hook(self.webhooks.make(kind, account, device)))

    async def _hook(self, webhook: Webhook) -> str:
        return await self._post("/partner/webhooks", webhook.body, webhook.headers)

    async def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> str:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self._app_url}{path}", data=body, headers=headers, allow_redirects=False) as answer,
        ):
            return f"Doorstep answered {answer.status} at {path}"

    def _page(self, said: str) -> web.Response:
        rows = []
        for one in self.world.households:
            state = self.linked.get(one.ring_account, ("not linked", None))[0]
            rows.append(f"<h2>{html.escape(one.email)}: {html.escape(state)}</h2>")
            rows.append(_button("/install", "Install the app", one.ring_account))
            rows.append(_button("/remove", "Remove the app", one.ring_account))
            for device in (device for device in one.devices if device.device_id not in self.removed):
                name = html.escape(device.name)
                rows.append(_button("/ring", f"Press the button of {name}", one.ring_account, device.device_id))
                rows.append(_button("/remove-device", f"Take {name} away", one.ring_account, device.device_id))
        text = _PAGE.format(said=html.escape(said), households="".join(rows))
        return web.Response(text=text, content_type="text/html")


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _button(action: str, words: str, account: str, device: str = "") -> str:
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
        for name, value in (("account", account), ("device", device))
    )
    return f'<form method="post" action="{action}">{fields}<button>{words}</button></form>'
