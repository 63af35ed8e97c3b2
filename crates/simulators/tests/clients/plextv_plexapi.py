"""Signs in at the plex.tv simulator through python-plexapi, as other programs sign in at the real one.

Arguments: base URL and a token that the account has already. Every check ends the program with its message when it fails.
"""

import sys

from plexapi.exceptions import Unauthorized
from plexapi.myplex import MyPlexAccount, MyPlexPinLogin, MyPlexResource

# The client knows no other plex.tv than the real one.
for holder, name in [
    (MyPlexPinLogin, "PINS"),
    (MyPlexAccount, "key"),
    (MyPlexAccount, "LINK"),
    (MyPlexAccount, "PING"),
    (MyPlexAccount, "SIGNOUT"),
    (MyPlexResource, "key"),
]:
    setattr(holder, name, getattr(holder, name).replace("https://plex.tv", sys.argv[1]))


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def main(token):
    elsewhere = MyPlexAccount(token=token)
    check((elsewhere.id, elsewhere.username) == (555001, "owner_name"), "whose token it is")
    check(elsewhere.subscriptionActive and elsewhere.roles == ["plexpass"], "what the account may do")
    check("webhooks" in elsewhere.subscriptionFeatures, "the subscription's features")
    check(elsewhere.ping(), "a sign of life")

    # The browser's way and the typed way; the account's user enters the code on another device.
    strong, typed = MyPlexPinLogin(oauth=True), MyPlexPinLogin()
    check("code=" in strong.oauthUrl(), "the address for the browser")
    check(len(strong._getCode()) == 25 and len(typed.pin) == 4, "the codes")
    check(not strong.checkLogin() and not strong.expired, "nobody has signed in yet")
    for login in [strong, typed]:
        elsewhere.link(login._getCode())
        check(login.checkLogin() and len(login.token) == 20, "signed in")
    check(len({token, strong.token, typed.token}) == 3, "every device has its own token")

    account = MyPlexAccount(token=strong.token)
    devices = {device.name: device for device in account.resources()}
    servers = sorted(name for name, device in devices.items() if "server" in device.provides.split(","))
    check(servers == ["Attic", "Friend's Box"], f"the servers: {servers}")
    check(devices["Attic"].owned and not devices["Friend's Box"].owned, "whose they are")
    check(devices["Friend's Box"].sourceTitle == "friend_name", "whose the other one is")
    check(len(devices["Attic"].connections) == 5, "the addresses")
    plex = devices["Attic"].connect(timeout=3)
    check(plex.machineIdentifier == devices["Attic"].clientIdentifier, "the server that was found")
    check(plex.sessions() == [], "its owner may see what plays")

    account.signout()
    try:
        MyPlexAccount(token=strong.token)
        sys.exit("FAILED: a token that was signed out was accepted")
    except Unauthorized:
        pass
    check(MyPlexAccount(token=typed.token).id == 555001, "other devices stay signed in")
    print("ok")


if __name__ == "__main__":
    main(sys.argv[2])
