# What the rules of `semgrep.yml` find, and beside each what they let pass. Read by `make scan`, never run.
import ssl
import sys
import time
import warnings
from datetime import datetime

import httpx2
import structlog
import urllib3
import yaml

# ruleid: no-other-process
import subprocess

# ok: no-other-process
import threading

# ruleid: no-other-way-out
import requests

# ok: no-other-way-out
import urllib.parse

# ruleid: no-code-out-of-data
import pickle

# ok: no-code-out-of-data
import json

import os
import sqlalchemy

log = structlog.get_logger()


def posts(client, slack):
    # ruleid: only-the-way-out-calls-slack
    client.chat_postMessage(channel="C1", text="$12")
    # ruleid: only-the-way-out-calls-slack
    client.chat_postEphemeral(channel="C1", user="U1", text="$12")
    # ruleid: only-the-way-out-calls-slack
    client.views_publish(user_id="U1", view={})
    # ruleid: only-the-way-out-calls-slack
    client.api_call("chat.postMessage")
    # ok: only-the-way-out-calls-slack
    slack.publish_home("U1", {})


# ruleid: no-answer-by-bolts-own-ways
def listener(ack, say):
    ack()
    # ruleid: no-answer-by-bolts-own-ways
    say("$12")


# ok: no-answer-by-bolts-own-ways
def quiet_listener(body, ack):
    ack()


def answers(visit, slack, services, message):
    # ruleid: one-private-sender
    slack.respond("https://hooks.slack.com/x", {})
    # ruleid: one-private-sender
    address = visit.response_url
    # ok: one-private-sender
    reply_private(visit, message, services)
    return address


def payloads(ack, kind):
    # ruleid: no-public-answer
    first = {"response_type": "in_channel", "text": "$12"}
    # ruleid: no-public-answer
    second = {"response_type": kind}
    # ruleid: no-public-answer
    ack(response_type=kind, text="$12")
    # ok: no-public-answer
    ack(response_type="ephemeral", text="$12")
    # ok: no-public-answer
    return {"response_type": "ephemeral", "text": "$12"}, first, second


def people(session, visit, typed_id):
    # ruleid: people-come-from-the-database
    somebody = Viewer(typed_id, visit.slack_id, "", "UTC", 1)
    # ok: people-come-from-the-database
    return viewer_of(session, visit.slack_id), somebody


def ways_out(url, setting):
    # ruleid: no-other-way-out
    httpx2.get(url)
    # ruleid: no-other-way-out
    urllib3.PoolManager()
    # ruleid: no-redirects
    Client(base_url=url, follow_redirects=True)
    # ok: no-redirects
    Client(base_url=url, follow_redirects=False)
    # ok: no-other-way-out
    return Api("GitHub", url, {}, setting=setting)


def certificates(url, context):
    # ruleid: checked-certificates
    Client(base_url=url, verify=False)
    # ruleid: checked-certificates
    context.check_hostname = False
    # ruleid: checked-certificates
    context.verify_mode = ssl.CERT_NONE
    # ok: checked-certificates
    Client(base_url=url, verify=tls())


def statements(session, connection, name):
    # ruleid: no-statement-made-of-values
    connection.execute(f"SELECT * FROM person WHERE name = '{name}'")
    # ruleid: no-statement-made-of-values
    connection.exec_driver_sql("SELECT * FROM person WHERE name = '%s'" % name)
    # ruleid: no-statement-made-of-values
    session.execute("SELECT * FROM person WHERE name = " + name)
    # ruleid: no-statement-made-of-values
    connection.execute("SELECT * FROM person WHERE name = '{}'".format(name))
    # ok: no-statement-made-of-values
    connection.exec_driver_sql("SELECT * FROM person WHERE name = ?", (name,))
    # ok: no-statement-made-of-values
    session.execute(sqlalchemy.text("SELECT * FROM person WHERE name = :name"), {"name": name})


def code(text):
    # ruleid: no-code-out-of-data
    eval(text)
    # ruleid: no-code-out-of-data
    yaml.load(text)
    # ruleid: no-code-out-of-data
    os.system(text)
    # ok: no-code-out-of-data
    return yaml.safe_load(text)


def environment(settings):
    # ruleid: only-config-reads-the-environment
    key = os.environ["OPENAI_API_KEY"]
    # ruleid: only-config-reads-the-environment
    other = os.getenv("OPENAI_API_KEY")
    # ok: only-config-reads-the-environment
    return settings.openai_api_key, key, other


def secrets(settings):
    # ruleid: secrets-are-opened-at-the-root
    key = settings.openai_api_key.get_secret_value()
    # ok: secrets-are-opened-at-the-root
    return bool(settings.openai_api_key), key


def clocks(services):
    # ruleid: one-clock
    now = datetime.now()
    # ruleid: one-clock
    today = datetime.today()
    # ruleid: one-clock
    seconds = time.time()
    # ok: one-clock
    waited = time.monotonic()
    # ok: one-clock
    return services.now(), now, today, seconds, waited


def words(found):
    # ruleid: nothing-is-printed
    print(found)
    # ruleid: nothing-is-printed
    sys.stdout.write(found)
    # ruleid: nothing-is-printed
    warnings.warn(found)
    # ok: nothing-is-printed
    log.info("found", rows=len(found))


def logs(rows, email, error):
    # ruleid: events-have-names
    log.info(f"read {rows}")
    # ruleid: events-have-names
    log.error(str(error))
    # ruleid: nobody-in-a-log
    log.info("read", email=email)
    # ruleid: nobody-in-a-log
    log.info("read", rows=rows, cost_nano_usd=7)
    # ok: events-have-names, nobody-in-a-log
    log.info("read", rows=rows)
