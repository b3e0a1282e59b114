"""Ids of objects that are there, for most calls: made-up ones only ever show 404."""

import json
import os

import schemathesis

IDS = json.loads(os.environ["CSVA_IDS"])


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """One in four is left as it was made up."""
    if not path_parameters:
        return path_parameters
    return {name: IDS[name] if name in IDS and len(str(value)) % 4 else value
            for name, value in path_parameters.items()}
