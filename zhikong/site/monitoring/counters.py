"""What is counted while it happens, summed over all processes of ours. No label ever holds a person or an address.

The library keeps one file for each process in $PROMETHEUS_MULTIPROC_DIR, which `serving` sets before the processes
start and empties at each start of the installation.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
EDGES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds

REQUESTS = Counter(
    "zhikong_requests", "已答复的请求（按页面名称和状态码）", ("view", "method", "status"), registry=REGISTRY
)
SECONDS = Histogram(
    "zhikong_request_seconds", "答复一个请求的时间", ("view",), buckets=EDGES, registry=REGISTRY
)
CPU = Counter("zhikong_request_cpu_seconds", "答复请求所用的处理器时间", ("view",), registry=REGISTRY)
JOBS = Counter(
    "zhikong_jobs_done", "已结束的后台任务（按任务名称和结果）", ("task", "result"), registry=REGISTRY
)
JOB_SECONDS = Counter("zhikong_job_seconds", "后台任务用去的时间", ("task",), registry=REGISTRY)
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


def answered(*, view: str, method: str, status: int, seconds: float, cpu: float) -> None:
    """One request was answered. view: the name of the page in the code; empty for files and unknown addresses."""
    name = view or "none"
    REQUESTS.labels(name, method if method in METHODS else "other", str(status)).inc()
    SECONDS.labels(name).observe(seconds)
    CPU.labels(name).inc(max(0.0, cpu))


def job_ended(*, task: str, good: bool, seconds: float) -> None:
    """One job ended, well or not."""
    JOBS.labels(task, "done" if good else "failed").inc()
    JOB_SECONDS.labels(task).inc(seconds)
