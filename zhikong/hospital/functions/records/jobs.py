"""The worker's jobs of both halves; the worker looks for them here."""

from zhikong.hospital.functions.records import jobs_results as jobs_results
from zhikong.hospital.functions.records import jobs_running as jobs_running
