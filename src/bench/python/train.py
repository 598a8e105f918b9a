"""The alternative's training: a forest on noise requests, as the source chapter makes one.

usage: train.py RAW_DAYS_FOLDER ROWS OUT_FOLDER
"""

import glob
import json
import os
import pickle
import random
import statistics
import sys
from datetime import datetime

from sklearn.ensemble import RandomForestRegressor

folder, limit, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
hours_of_type = {}
examples = []
types = {}
for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)
    for row in rows:
        if row.get("status") != "Closed" or "closed_date" not in row or "complaint_type" not in row:
            continue
        created = datetime.fromisoformat(row["created_date"])
        hours = (datetime.fromisoformat(row["closed_date"]) - created).total_seconds() / 3600
        if hours < 0:
            continue
        complaint_type = row["complaint_type"]
        hours_of_type.setdefault(complaint_type, []).append(hours)
        if complaint_type.startswith("Noise") and "latitude" in row and "longitude" in row:
            code = types.setdefault(complaint_type, len(types))
            seconds = created.hour * 3600 + created.minute * 60 + created.second
            place = float(row["latitude"]), float(row["longitude"])
            examples.append(((code, *place, seconds), hours))

random.Random(311).shuffle(examples)
examples = examples[:limit]
forest = RandomForestRegressor(n_estimators=100, random_state=311, n_jobs=-1)
forest.fit([features for features, _ in examples], [hours for _, hours in examples])
forest.set_params(n_jobs=1)
with open(os.path.join(out, "forest.pickle"), "wb") as file:
    pickle.dump((types, forest), file, protocol=pickle.HIGHEST_PROTOCOL)
with open(os.path.join(out, "medians.json"), "w", encoding="utf-8") as file:
    json.dump({name: statistics.median(hours) for name, hours in hours_of_type.items()}, file)
print(json.dumps({"requests": len(examples)}))
