#!/bin/sh
# 安装或升级质控：./install.sh [--prefix /opt/zhikong] [--database-saved]
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
wanted=$(sed -n 's/^python=//p' "$here/VERSION")

fits() { "$1" -I -c "import sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$wanted')" 2>/dev/null; }

python=
for one in ${PYTHON:+"$PYTHON"} "python$wanted" python3 /usr/bin/python3 "/usr/local/bin/python$wanted" "/opt/python$wanted/bin/python$wanted"; do
  if fits "$one"; then python=$one; break; fi
done
if [ -z "$python" ]; then
  echo "错误：没有找到 Python $wanted。没有改动任何东西。" >&2
  echo "  Debian、Ubuntu：apt-get install python$wanted；银河麒麟、openEuler：dnf install python$wanted。" >&2
  echo "  装在别处时：PYTHON=/路径/bin/python$wanted ./install.sh" >&2
  exit 1
fi

prefix=/opt/zhikong
saved=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=${2:?--prefix 后面要写安装目录}; shift 2 ;;
    --prefix=*) prefix=${1#--prefix=}; shift ;;
    --database-saved) saved=--database-saved; shift ;;
    *) echo "用法：./install.sh [--prefix 目录] [--database-saved]" >&2; exit 2 ;;
  esac
done
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac

export PYTHONPATH="$here" PYTHONDONTWRITEBYTECODE=1
cd /
exec "$python" -s -m onsite --prefix "$prefix" upgrade "$here" $saved
