"""How simple-salesforce reaches an org that speaks plain HTTP on this machine.

SALESFORCE_URL is its address, SALESFORCE_TOKEN an access token. The library speaks HTTPS to *.salesforce.com only: the adapter here sends
what it sends there to the org instead, unchanged.
"""

import os
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

URL = os.environ["SALESFORCE_URL"]
VERSION = "67.0"


class OnThisMachine(HTTPAdapter):
    """Sends what is meant for https:// to the org."""

    def send(self, request, **options):
        asked = urlsplit(request.url)
        org = urlsplit(URL)
        request.url = asked._replace(scheme=org.scheme, netloc=org.netloc).geturl()
        return super().send(request, **options)


def session():
    """A session of requests whose calls all go to the org."""
    made = requests.Session()
    made.trust_env = False
    made.mount("https://", OnThisMachine())
    return made


def with_token():
    """The client of somebody who has an access token already."""
    return Salesforce(instance_url=URL, session_id=os.environ["SALESFORCE_TOKEN"], session=session(), version=VERSION)
