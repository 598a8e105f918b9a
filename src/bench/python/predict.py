"""The alternative: medians and a pickled forest from S3, behind the same events.

usage: predict.py               serves the Runtime API, as a custom runtime does
       predict.py EVENT COUNT   prints how many µs a warm answer takes, event bytes to answer bytes
"""

import http.client
import json
import os
import pickle
import sys
import time
from datetime import datetime
from urllib.parse import unquote

import boto3

s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"])


def read(key):
    return s3.get_object(Bucket=os.environ["DATA_BUCKET"], Key=key)["Body"].read()


medians = json.loads(read("python/medians.json"))
names = {"".join(filter(str.isalnum, name.lower())): name for name in medians}
types, forest = pickle.loads(read("python/forest.pickle"))


def estimate(asked, query):
    name = names[asked]
    if "lat" not in query:
        return medians[name]
    date = datetime.fromisoformat(query["date"])
    seconds = date.hour * 3600 + date.minute * 60 + date.second
    features = [types[name], float(query["lat"]), float(query["lon"]), seconds]
    return forest.predict([features])[0]


def handle(event):
    asked = unquote(event["rawPath"].rsplit("/", 1)[1])
    key = "".join(filter(str.isalnum, asked.lower()))
    headers = {"content-type": "application/json"}
    if key not in names:
        body = {"status": "failure", "problem": "Complaint type is not in database"}
        return {"statusCode": 400, "headers": headers, "body": json.dumps(body)}
    hours = round(estimate(key, event.get("queryStringParameters", {})), 2)
    body = {"status": "success", "complaint_type": asked, "estimated_time": hours}
    return {"statusCode": 200, "headers": headers, "body": json.dumps(body)}


def answer(event):
    return json.dumps(handle(json.loads(event))).encode()


def serve(address):
    api = http.client.HTTPConnection(address)
    path = "/2018-06-01/runtime/invocation/"
    while True:
        api.request("GET", path + "next")
        event = api.getresponse()
        request = event.getheader("Lambda-Runtime-Aws-Request-Id")
        api.request("POST", path + request + "/response", answer(event.read()))
        api.getresponse().read()


def micros_warm(event, count):
    for _ in range(count // 10):
        answer(event)
    start = time.perf_counter()
    for _ in range(count):
        answer(event)
    return (time.perf_counter() - start) / count * 1e6


if len(sys.argv) == 1:
    serve(os.environ["AWS_LAMBDA_RUNTIME_API"])
else:
    with open(sys.argv[1], "rb") as file:
        print(micros_warm(file.read(), int(sys.argv[2])))
