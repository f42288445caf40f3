CREATE VIEW zk_charges AS
SELECT f.bah                      AS record_number,
       f.zycs                     AS admission_number,
       f.lsh                      AS charge_id,
       f.xmmc                     AS name,
       CAST(f.je * 100 AS INTEGER) AS amount,
       f.jfsj                     AS charged_at,
       f.ksmc                     AS department,
       f.gxsj                     AS changed_at
FROM his_fyxx f
