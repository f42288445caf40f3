"""What the worker does for incidents; each part keeps its own."""

from zhikong.hospital.functions.incidents import jobs_analysis as jobs_analysis
from zhikong.hospital.functions.incidents import jobs_anonymous as jobs_anonymous
from zhikong.hospital.functions.incidents import jobs_handling as jobs_handling
from zhikong.hospital.functions.incidents import jobs_learning as jobs_learning
